package io.leat.activator;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.leat.activator.hold.RevisionHolds;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ArchitectureTest {
  private static final JavaClasses MODULE =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.leat.activator");

  private static final Set<String> CLOCKS =
      Set.of(
          "java.lang.Thread.sleep",
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.time.Instant.now",
          "java.util.concurrent.ThreadLocalRandom.current");

  private static final DescribedPredicate<JavaCall<?>> CLOCK_OR_RANDOM =
      describe(
          "a call for time, sleep or chance",
          call ->
              CLOCKS.contains(
                  call.getTargetOwner().getFullName() + "." + call.getTarget().getName()));

  private static final ArchRule INJECTED =
      noClasses()
          .should()
          .callMethodWhere(CLOCK_OR_RANDOM)
          .because("time and chance are constructor arguments");

  private static final ArchRule NAMES =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Impl");

  private static final ArchRule LOCK_FREE =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("java.util.concurrent.locks..")
                  .or(
                      describe(
                          "block",
                          type ->
                              type.isAssignableTo(java.util.concurrent.BlockingQueue.class)
                                  || type.isEquivalentTo(java.util.concurrent.Semaphore.class)
                                  || type.isEquivalentTo(
                                      java.util.concurrent.CountDownLatch.class))))
          .because("event loops run through the hold");

  private static final ArchRule PROXY_SURFACE =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.leat.proxy..")
                  .and(
                      DescribedPredicate.not(
                          resideInAnyPackage(
                              "io.leat.proxy.table..",
                              "io.leat.proxy.balance..",
                              "io.leat.proxy.http..",
                              "io.leat.proxy.config..",
                              "io.leat.proxy.telemetry.."))))
          .because("the activator holds and scales; it neither routes nor serves");

  @Test
  void theModuleIsThere() {
    assertThat(MODULE.contain(RevisionHolds.class)).isTrue();
    assertThat(MODULE.size()).isGreaterThan(15);
  }

  @Test
  void timeAndChanceAreInjected() {
    INJECTED.check(MODULE);
  }

  @Test
  void namesSayWhatATypeIs() {
    NAMES.check(MODULE);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching("io.leat.activator.(*)..").should().beFreeOfCycles().check(MODULE);
  }

  @Test
  void onlyTheAgreedPartsOfTheProxyAreUsed() {
    PROXY_SURFACE.check(MODULE);
  }

  @Test
  void theHoldNeverBlocks() throws IOException {
    LOCK_FREE.check(MODULE.that(resideInAPackage("..hold..")));
    List<String> monitors = new ArrayList<>();
    for (JavaClass type : MODULE) {
      if (type.getPackageName().startsWith("io.leat.activator.hold")) {
        monitors.addAll(monitors(type));
      }
    }
    assertThat(monitors).isEmpty();
  }

  /** Methods that are synchronized or enter a monitor, which the rules above cannot see. */
  private static List<String> monitors(JavaClass type) throws IOException {
    List<String> found = new ArrayList<>();
    type.getMethods().stream()
        .filter(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))
        .forEach(method -> found.add(method.getFullName()));
    String resource = "/" + type.getName().replace('.', '/') + ".class";
    try (InputStream in = ArchitectureTest.class.getResourceAsStream(resource)) {
      assertThat(in).as(resource).isNotNull();
      for (MethodModel method : ClassFile.of().parse(in.readAllBytes()).methods()) {
        boolean enters =
            method.code().stream()
                .flatMap(CodeModel::elementStream)
                .anyMatch(MonitorInstruction.class::isInstance);
        if (enters) {
          found.add(type.getName() + "." + method.methodName().stringValue());
        }
      }
    }
    return found;
  }

  /** Breaks every rule, so that a rule that sees nothing is seen. */
  static final class OffenderUtil {
    private final java.util.concurrent.locks.ReentrantLock lock =
        new java.util.concurrent.locks.ReentrantLock();

    long read() {
      synchronized (lock) {
        return System.nanoTime();
      }
    }
  }

  @Test
  void theRulesSeeAnOffender() throws IOException {
    JavaClasses offender = new ClassFileImporter().importClasses(OffenderUtil.class);
    assertThat(INJECTED.evaluate(offender).hasViolation()).isTrue();
    assertThat(NAMES.evaluate(offender).hasViolation()).isTrue();
    assertThat(LOCK_FREE.evaluate(offender).hasViolation()).isTrue();
    assertThat(monitors(offender.get(OffenderUtil.class))).hasSize(1);
  }
}
