package io.leat.proxy.fanout.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.fanout.role.RoleOutcome.Note;
import io.leat.proxy.telemetry.RenderedDocument;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

final class RolesSpecTest {

  @Test
  void everyTokenIsInTheSpecification() throws IOException {
    String spec = Files.readString(RenderedDocument.root().resolve("docs/spec/roles.md"));
    for (Breach breach : Breach.values()) {
      assertThat(spec).contains("\n| `" + breach.token() + "` |");
    }
    for (Note note : Note.values()) {
      assertThat(spec).contains("counted as `" + note.token() + "`");
    }
  }
}
