package io.leat.control;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;

/** Holds the module to its layers: who may know whom, and who may touch clocks and sockets. */
final class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.leat.control");

  private static final DescribedPredicate<JavaClass> CONTROL =
      resideInAPackage("io.leat.control..");

  @Test
  void packagesHaveNoCycles() {
    check(slices().matching("io.leat.control.(**)").should().beFreeOfCycles());
  }

  @Test
  void resourcesKnowNobody() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.leat.control.resource..")
            .should()
            .dependOnClassesThat(
                CONTROL.and(
                    DescribedPredicate.not(resideInAPackage("io.leat.control.resource..")))));
  }

  @Test
  void manifestsKnowOnlyResources() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.leat.control.manifest..")
            .should()
            .dependOnClassesThat(
                CONTROL.and(
                    DescribedPredicate.not(
                        resideInAPackage("io.leat.control.manifest..")
                            .or(resideInAPackage("io.leat.control.resource.."))))));
  }

  @Test
  void rulesKnowNoFiles() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.leat.control.manifest.rules..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file..", "org.snakeyaml..", "com.fasterxml.."));
  }

  @Test
  void socketsStayWhereTheyBelong() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                "io.leat.control.api..",
                "io.leat.control.publish..",
                "io.leat.control.standalone..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty.."));
  }

  @Test
  void kubernetesClientsStayInTheAdapter() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.leat.control.kubernetes..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.fabric8.."));
  }

  @Test
  void kafkaStaysInTheAdapter() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.leat.control.eventing.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka.."));
  }

  @Test
  void clocksAreInjected() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("io.leat.control.standalone..", "io.leat.control.cli..")
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(LocalDateTime.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Clock.class, "systemDefaultZone"));
  }

  @Test
  void onlyWhoWatchesProcessesSleeps() {
    // Whether a foreign program accepts requests can only be found out by asking again.
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.leat.control.runtime..")
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", java.time.Duration.class));
  }

  @Test
  void randomnessIsInjected() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("io.leat.control.standalone..", "io.leat.control.cli..")
            .should()
            .callMethod(Math.class, "random")
            .orShould()
            .callConstructor(java.util.Random.class)
            .orShould()
            .callMethod(java.util.concurrent.ThreadLocalRandom.class, "current"));
  }

  @Test
  void namesSayWhatAThingIs() {
    check(
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
            .haveSimpleNameEndingWith("Impl"));
  }

  private static void check(ArchRule rule) {
    // A package that has no class yet cannot break a rule.
    rule.allowEmptyShould(true).check(CLASSES);
  }
}
