package io.leat.proxy.admin;

import io.leat.proxy.routing.Explanation;
import io.leat.proxy.routing.LiveTable;
import io.leat.proxy.routing.Router;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** The routes that show the live table and explain what it does with a request. */
public final class TableRoutes {
  private static final String URL = "url";

  private final LiveTable table;
  private final Function<Router, TableView> view;

  /**
   * The routes over the table that is live when a request comes.
   *
   * @param view all of a router
   */
  public TableRoutes(LiveTable table, Function<Router, TableView> view) {
    this.table = table;
    this.view = view;
  }

  /** Adds every route. */
  public void addTo(AdminRoutes routes) {
    routes.at("GET", "/debug/table", this::table).at("GET", "/debug/explain", this::explain);
  }

  private AdminResponse table(AdminRequest request) {
    String host = request.parameter("host");
    return AdminResponse.streamed(
        AdminResponse.JSON,
        out -> {
          Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
          new TableJson(new JsonWriter(writer), host).write(view.apply(table.current()));
          writer.flush();
        });
  }

  private AdminResponse explain(AdminRequest request) {
    String method = request.parameter("method");
    String url = request.parameter(URL);
    if (url == null) {
      return AdminResponse.text(400, "url: is missing");
    }
    AskedRequest asked;
    try {
      asked = AskedRequest.of(method == null ? "GET" : method, url, request.parameters("header"));
    } catch (IllegalArgumentException e) {
      return AdminResponse.text(400, String.valueOf(e.getMessage()));
    }
    boolean external = "true".equals(request.parameter("external"));
    StringBuilder out = new StringBuilder();
    new ExplainJson(new JsonWriter(out))
        .write(asked, Explanation.of(table.current(), asked, external));
    return AdminResponse.json(200, out.toString());
  }
}
