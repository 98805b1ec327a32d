package io.leat.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.proxy.telemetry.RenderedDocument;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {

  @Test
  void referenceYamlIsCurrent() throws IOException {
    RenderedDocument.assertCurrent("deploy/config/reference.yaml", ConfigReference.yaml());
  }

  @Test
  void configDocumentIsCurrent() throws IOException {
    RenderedDocument.assertCurrent("docs/reference/config.md", ConfigReference.markdown());
  }

  @Test
  void referenceYamlSetsEveryKeyToItsDefault() {
    ConfigReader.File file = new ConfigReader.File("reference.yaml", ConfigReference.yaml());
    ConfigResult fromFile = ConfigReader.read(new ConfigReader.Sources(Map.of(), Map.of(), file));
    ConfigResult defaults = ConfigReader.read(new ConfigReader.Sources(Map.of(), Map.of(), null));

    assertThat(fromFile).isInstanceOf(ConfigResult.Loaded.class);
    ConfigResult.Loaded loaded = (ConfigResult.Loaded) fromFile;
    assertThat(loaded.config()).isEqualTo(((ConfigResult.Loaded) defaults).config());
    for (ConfigKey key : ConfigKey.values()) {
      ConfigValue value = Objects.requireNonNull(loaded.values().get(key));
      assertThat(value.origin()).isInstanceOf(ConfigValue.Origin.File.class);
      assertThat(value.text()).as(key.key()).isEqualTo(key.defaultText());
    }
  }

  @Test
  void keysAreWellFormed() {
    for (ConfigKey key : ConfigKey.values()) {
      assertThat(key.key()).matches("[a-z]+(-[a-z]+)*\\.[a-z]+(-[a-z]+)*");
      assertThat(key.name()).isEqualTo(key.variable().substring("LEAT_".length()));
      assertThat(key.sentence()).endsWith(".").doesNotContain("|");
    }
  }
}
