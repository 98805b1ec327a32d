package io.leat.control.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.leat.control.module.schema.ParamSchema;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ActionParamsTest {
  private static final JsonNode SCHEMA =
      ParamSchema.of(
          "{'type':'object','properties':{'replicas':{'type':'integer'},'to':{'type':'string'},"
              + "'source':{'type':'object','properties':{'path':{'type':'string'}}}}}");

  private static String read(String... params) {
    return ActionParams.read(List.of(params), SCHEMA).toString();
  }

  @Test
  void valuesAreOfTheTypeThatTheActionWants() {
    assertThat(read()).isEqualTo("{}");
    assertThat(read("replicas=3", "to=3")).isEqualTo("{\"replicas\":3,\"to\":\"3\"}");
    assertThat(read("source.path=1", "source.follow=true"))
        .isEqualTo("{\"source\":{\"path\":\"1\",\"follow\":true}}");
    assertThat(read("other=a=b")).isEqualTo("{\"other\":\"a=b\"}");
    assertThat(read("list=[1,\"x\"]", "empty=", "odd=1 2"))
        .isEqualTo("{\"list\":[1,\"x\"],\"empty\":\"\",\"odd\":\"1 2\"}");
  }

  @Test
  void whatContradictsIsRefused() {
    for (String[] wrong :
        new String[][] {{"replicas"}, {"=1"}, {"a=1", "a=2"}, {"a=1", "a.b=2"}, {"a.=1"}}) {
      assertThatThrownBy(() -> read(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("--param");
    }
  }
}
