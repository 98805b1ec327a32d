package io.leat.control.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.leat.control.manifest.rules.Validation;
import io.leat.control.resource.Problem;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads real files and folders. */
final class FolderReaderTest {
  @TempDir Path folder;

  @Test
  void readsFoldersRecursivelyAndSorted() throws Exception {
    Files.createDirectories(folder.resolve("b/.hidden"));
    write("c.yml", "c");
    write("b/b.json", "b");
    Files.writeString(
        folder.resolve("b/b.json"),
        "{\"apiVersion\":\"serving.knative.dev/v1\",\"kind\":\"Revision\","
            + "\"metadata\":{\"name\":\"b\"}}");
    write("a.yaml", "a");
    write("b/.hidden/x.yaml", "x");
    write(".swap.yaml", "y");
    Files.writeString(folder.resolve("readme.txt"), "no manifest");

    assertThat(names(read(folder.toString()))).containsExactly("a", "b", "c");
  }

  @Test
  void followsLinksButNotInCircles() throws Exception {
    Path data = Files.createDirectories(folder.resolve("..2026"));
    Files.writeString(data.resolve("a.yaml"), revision("a"));
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026"));
    Files.createSymbolicLink(folder.resolve("a.yaml"), Path.of("..data/a.yaml"));
    Files.createSymbolicLink(folder.resolve("circle"), folder);

    ManifestSet set = read(folder.toString());

    assertThat(set.problems()).isEmpty();
    assertThat(names(set)).containsExactly("a");
  }

  @Test
  void reportsWhatCannotBeRead() throws Exception {
    Files.writeString(folder.resolve("empty.yaml"), "");
    Files.createSymbolicLink(folder.resolve("dangling.yaml"), Path.of("nowhere"));
    Path missing = folder.resolve("missing.yaml");

    List<String> problems =
        read(folder.toString(), missing.toString()).problems().stream()
            .map(Problem::toString)
            .toList();

    assertThat(problems)
        .containsExactlyInAnyOrder(
            folder.resolve("dangling.yaml")
                + " cannot be read: NoSuchFileException "
                + folder.resolve("dangling.yaml"),
            missing + " no such file or folder",
            folder.resolve("empty.yaml")
                + ":1:1 is empty; to delete its resources, delete the file");
  }

  @Test
  void findsTheSameResourceInTwoFiles() throws Exception {
    write("a.yaml", "same");
    write("b.yaml", "same");

    assertThat(read(folder.toString()).problems())
        .extracting(Problem::toString)
        .containsExactly(
            folder.resolve("b.yaml")
                + ":3:18 metadata.name: Revision default/same is given twice (first at "
                + folder.resolve("a.yaml")
                + ":3:18)");
  }

  @Test
  void readsStandardInputOnce() {
    InputStream input =
        new ByteArrayInputStream(revision("piped").getBytes(StandardCharsets.UTF_8));
    var reader =
        new FolderReader(ManifestReader.forUsers(Validation.standalone()), List.of("-"), input);

    assertThat(names(reader.read())).containsExactly("piped");
    assertThat(names(reader.read())).containsExactly("piped");
  }

  @Test
  void checkSaysFiveWhenSomethingIsWrong() throws Exception {
    write("a.yaml", "a");
    assertThat(ManifestCheck.of(read(folder.toString())))
        .isEqualTo(new ManifestCheck(List.of(), "1 valid resource, 0 problems", 0));
    write("b.yaml", "B");
    ManifestCheck check = ManifestCheck.of(read(folder.toString()));
    assertThat(check.exitCode()).isEqualTo(5);
    assertThat(check.summary()).isEqualTo("1 valid resource, 1 problem");
    assertThat(check.lines())
        .singleElement()
        .asString()
        .startsWith(folder.resolve("b.yaml") + ":3:18 metadata.name: must be a DNS-1035 label");
    assertThat(ManifestCheck.of(new ManifestSet(List.of(), List.of())).exitCode()).isEqualTo(5);
  }

  static String revision(String name) {
    return "apiVersion: serving.knative.dev/v1\nkind: Revision\nmetadata: {name: " + name + "}\n";
  }

  static List<String> names(ManifestSet set) {
    return set.resources().stream().map(resource -> resource.metadata().name()).toList();
  }

  private void write(String file, String name) throws Exception {
    Files.writeString(folder.resolve(file), revision(name));
  }

  private static ManifestSet read(String... paths) {
    return new FolderReader(
            ManifestReader.forUsers(Validation.standalone()),
            List.of(paths),
            InputStream.nullInputStream())
        .read();
  }
}
