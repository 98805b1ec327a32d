package io.leat.control.manifest;

import io.leat.control.resource.Resource;
import io.leat.control.resource.Spec;
import java.nio.file.Path;
import java.util.List;

/**
 * Gives every container of a manifest an absolute working directory: the one it names, from the
 * folder of the manifest, or that folder itself.
 */
public final class WorkingDirectory {
  private WorkingDirectory() {}

  /** The resource of a manifest with the directories that its author meant. */
  public static Resource resolve(ManifestResource manifest) {
    Path file = Path.of(manifest.file()).toAbsolutePath();
    Path parent = file.getParent();
    Path folder =
        manifest.file().equals(FolderReader.STDIN) || parent == null
            ? Path.of("").toAbsolutePath()
            : parent;
    Resource resource = manifest.resource();
    Spec spec =
        switch (resource.spec()) {
          case Spec.ConfigurationSpec configuration ->
              new Spec.ConfigurationSpec(in(folder, configuration.template()));
          case Spec.ServiceSpec service ->
              new Spec.ServiceSpec(in(folder, service.template()), service.traffic());
          case Spec other -> other;
        };
    return new Resource(resource.kind(), resource.metadata(), spec, resource.status());
  }

  private static Spec.RevisionTemplate in(Path folder, Spec.RevisionTemplate template) {
    Spec.RevisionSpec spec = template.spec();
    List<Spec.Container> containers =
        spec.containers() == null
            ? null
            : spec.containers().stream().map(container -> in(folder, container)).toList();
    return new Spec.RevisionTemplate(template.metadata(), spec.withContainers(containers));
  }

  private static Spec.Container in(Path folder, Spec.Container container) {
    String named = container.workingDir();
    Path directory = named == null ? folder : folder.resolve(named);
    return container.withWorkingDir(directory.normalize().toString());
  }
}
