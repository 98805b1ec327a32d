import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * Raises the class file version of classes older than Java 6 in the jars of a folder, in place, and
 * gives them the stack maps that newer versions demand.
 *
 * <p>The JVM's AOT cache takes no class that old: each would be read from its jar and checked by the
 * slow verifier at every start of Leat. Code, constants and signatures stay as they are; every
 * rewritten class is verified here. A jar without such a class is not touched.
 */
final class ClassVersions {
  /** The first version whose classes carry stack maps (JVMS 4.10). */
  private static final int FIRST_WITH_STACK_MAPS = 50;

  public static void main(String[] folders) throws IOException {
    for (String folder : folders) {
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        for (Path jar : files.filter(file -> file.toString().endsWith(".jar")).toList()) {
          raise(jar);
        }
      }
    }
  }

  private static void raise(Path jar) throws IOException {
    ByteArrayOutputStream raised = new ByteArrayOutputStream();
    int classes = 0;
    try (URLClassLoader loader =
            new URLClassLoader(
                new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
        JarInputStream in =
            new JarInputStream(new ByteArrayInputStream(Files.readAllBytes(jar)), false);
        JarOutputStream out = new JarOutputStream(raised)) {
      ClassFile codec =
          ClassFile.of(
              StackMapsOption.GENERATE_STACK_MAPS,
              ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)));
      if (in.getManifest() != null) {
        out.putNextEntry(new JarEntry("META-INF/MANIFEST.MF"));
        in.getManifest().write(out);
        out.closeEntry();
      }
      for (JarEntry entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
        byte[] bytes = in.readAllBytes();
        if (entry.getName().endsWith(".class")
            && ByteBuffer.wrap(bytes).getShort(6) < FIRST_WITH_STACK_MAPS) {
          bytes = raised(codec, bytes, jar + "!" + entry.getName());
          classes++;
        }
        JarEntry copy = new JarEntry(entry.getName());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(bytes);
        out.closeEntry();
      }
    }
    if (classes > 0) {
      Files.write(jar, raised.toByteArray());
    }
  }

  private static byte[] raised(ClassFile codec, byte[] bytes, String name) throws IOException {
    ClassModel old = codec.parse(bytes);
    // Only code that is taken apart and put together again gets stack maps.
    MethodTransform rebuild = MethodTransform.transformingCode((code, element) -> code.with(element));
    byte[] raised =
        codec.transformClass(
            old,
            (builder, element) -> {
              switch (element) {
                case ClassFileVersion _ -> builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
                case MethodModel method -> builder.transformMethod(method, rebuild);
                default -> builder.with(element);
              }
            });
    List<VerifyError> errors = codec.verify(raised);
    if (!errors.isEmpty()) {
      throw new IOException(name + ": " + errors.getFirst().getMessage());
    }
    return raised;
  }
}
