package io.leat.control.manifest;

import io.leat.control.resource.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads manifests from files, folders and standard input.
 *
 * <p>Folders are read recursively: {@code *.yaml}, {@code *.yml} and {@code *.json}, sorted by
 * path; names that start with a dot are left out, which covers editors' swap files and the hidden
 * data folders behind mounted ConfigMaps. Symbolic links are followed. Safe for one thread at a
 * time.
 */
public final class FolderReader {
  /** The path that means standard input. */
  public static final String STDIN = "-";

  static final int MAX_FILES = 10_000;
  private static final int MAX_DEPTH = 32;

  private final ManifestReader reader;
  private final List<String> paths;
  private final InputStream stdin;
  private byte @Nullable [] stdinBytes;

  /**
   * Reads from paths.
   *
   * @param paths as the user named them; {@code -} for standard input
   * @param stdin read once, when {@code -} is among the paths
   */
  public FolderReader(ManifestReader reader, List<String> paths, InputStream stdin) {
    this.reader = reader;
    this.paths = List.copyOf(paths);
    this.stdin = stdin;
  }

  /**
   * What there is to read.
   *
   * @param files sorted
   * @param folders where a change would change the files
   * @param problems paths that cannot be read
   */
  record Listing(Set<Path> files, Set<Path> folders, List<Problem> problems) {}

  /** Reads everything. */
  public ManifestSet read() {
    return read(list());
  }

  ManifestSet read(Listing listing) {
    List<ManifestSet> parts = new ArrayList<>();
    parts.add(new ManifestSet(List.of(), listing.problems()));
    if (paths.contains(STDIN)) {
      parts.add(readStdin());
    }
    for (Path file : listing.files()) {
      parts.add(readFile(file));
    }
    return ManifestSet.join(parts);
  }

  Listing list() {
    var listing = new Listing(new TreeSet<>(), new TreeSet<>(), new ArrayList<>());
    for (String path : paths) {
      if (!path.equals(STDIN)) {
        list(Path.of(path), listing);
      }
    }
    return listing;
  }

  private static void list(Path path, Listing listing) {
    if (Files.isDirectory(path)) {
      walk(path, listing);
      return;
    }
    addParents(path, listing);
    if (Files.exists(path)) {
      listing.files().add(path);
    } else {
      listing.problems().add(problem(path, "no such file or folder"));
    }
  }

  /** The folder of a file, and that of the file that a link leads to. */
  private static void addParents(Path file, Listing listing) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null && Files.isDirectory(parent)) {
      listing.folders().add(parent);
    }
    if (!Files.isSymbolicLink(file)) {
      return;
    }
    try {
      Path real = file.toRealPath().getParent();
      if (real != null) {
        listing.folders().add(real);
      }
    } catch (IOException e) {
      listing.problems().add(problem(file, "cannot follow the link: " + reason(e)));
    }
  }

  private static void walk(Path folder, Listing listing) {
    try {
      Files.walkFileTree(
          folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), MAX_DEPTH, new Walk(folder, listing));
    } catch (IOException e) {
      listing.problems().add(problem(folder, "cannot be read: " + reason(e)));
    }
  }

  private ManifestSet readFile(Path file) {
    byte[] bytes;
    try (InputStream input = Files.newInputStream(file)) {
      bytes = input.readNBytes(ManifestReader.MAX_BYTES + 1);
    } catch (IOException e) {
      return new ManifestSet(List.of(), List.of(problem(file, "cannot be read: " + reason(e))));
    }
    return bytes.length == 0 ? empty(file.toString()) : reader.readAlone(file.toString(), bytes);
  }

  private ManifestSet readStdin() {
    try {
      byte[] bytes = stdinBytes;
      if (bytes == null) {
        bytes = stdin.readNBytes(ManifestReader.MAX_BYTES + 1);
        stdinBytes = bytes;
      }
      return bytes.length == 0 ? empty(STDIN) : reader.readAlone(STDIN, bytes);
    } catch (IOException e) {
      Problem problem = new Problem(STDIN, 0, 0, "", "cannot be read: " + reason(e));
      return new ManifestSet(List.of(), List.of(problem));
    }
  }

  /**
   * An editor that saves empties the file first; read at that moment it must not look like the wish
   * to delete every resource.
   */
  private static ManifestSet empty(String file) {
    Problem problem =
        new Problem(file, 1, 1, "", "is empty; to delete its resources, delete the file");
    return new ManifestSet(List.of(), List.of(problem));
  }

  private static Problem problem(Path file, String message) {
    return new Problem(file.toString(), 0, 0, "", message);
  }

  private static String reason(IOException e) {
    String message = e.getMessage();
    return e.getClass().getSimpleName() + (message == null ? "" : " " + message);
  }

  /** Collects the manifests of a folder. */
  private static final class Walk extends SimpleFileVisitor<Path> {
    private final Path root;
    private final Listing listing;

    Walk(Path root, Listing listing) {
      this.root = root;
      this.listing = listing;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
      if (!folder.equals(root) && isHidden(folder)) {
        return FileVisitResult.SKIP_SUBTREE;
      }
      listing.folders().add(folder.toAbsolutePath());
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (isHidden(file) || !isManifest(file) || attributes.isDirectory()) {
        return FileVisitResult.CONTINUE;
      }
      if (listing.files().size() >= MAX_FILES) {
        listing.problems().add(problem(root, "holds more than " + MAX_FILES + " manifests"));
        return FileVisitResult.TERMINATE;
      }
      listing.files().add(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
      boolean loop = e instanceof FileSystemLoopException;
      boolean gone = !Files.exists(file) && !Files.isSymbolicLink(file);
      boolean wanted = Files.isDirectory(file) || isManifest(file);
      if (!loop && !gone && wanted && !isHidden(file)) {
        listing.problems().add(problem(file, "cannot be read: " + reason(e)));
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
      if (e != null) {
        listing.problems().add(problem(folder, "cannot be read: " + reason(e)));
      }
      return FileVisitResult.CONTINUE;
    }

    private static boolean isHidden(Path path) {
      Path name = path.getFileName();
      return name != null && name.toString().startsWith(".");
    }

    private static boolean isManifest(Path file) {
      String name = file.toString().toLowerCase(Locale.ROOT);
      return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
    }
  }
}
