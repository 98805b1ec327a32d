package io.leat.proxy;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.leat.proxy.balance.Draw;
import io.leat.proxy.telemetry.Ticker;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** The rules of the design that the compiler does not know. */
final class ArchitectureTest {
  private static final String ROOT = "io.leat.proxy";
  private static final String[] HOT = {ROOT + ".table..", ROOT + ".routing..", ROOT + ".balance.."};

  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("test-classes"))
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages(ROOT);

  private static void holds(ArchRule rule) {
    rule.check(PRODUCTION);
  }

  @Test
  void theProductionClassesAreSeenAndNoTests() {
    assertThat(PRODUCTION.contain(Proxy.class)).isTrue();
    assertThat(PRODUCTION.contain(ArchitectureTest.class)).isFalse();
  }

  @Test
  void theTableDependsOnTheJdkOnly() {
    holds(
        classes()
            .that()
            .resideInAPackage(ROOT + ".table..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify.annotations", ROOT + ".table.."));
  }

  @Test
  void theHotPackagesTakeNoLockAndWriteNoLog() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(HOT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "java.util.concurrent.locks..", "org.slf4j..", "java.util.logging.."));
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(HOT)
            .should()
            .callMethodWhere(target(owner(belongToAnyOf(String.class))).and(target(name("format"))))
            .orShould()
            .callMethodWhere(
                target(owner(belongToAnyOf(String.class))).and(target(name("formatted")))));
    for (JavaClass each : PRODUCTION) {
      if (each.getPackageName().matches("io\\.leat\\.proxy\\.(table|routing|balance).*")) {
        assertThat(each.getMethods())
            .as("synchronized methods of %s", each.getName())
            .noneMatch(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED));
      }
    }
  }

  @Test
  void whatDecidesUsesNoStreams() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(HOT)
            // Answers people, beside the path of requests.
            .and()
            .haveNameNotMatching(".*\\.routing\\.Explanation(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.stream.."));
  }

  @Test
  void packagesFormNoCycle() {
    holds(slices().matching(ROOT + ".(**)").should().beFreeOfCycles());
  }

  @Test
  void nothingDependsOnTheRoot() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage(ROOT)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT));
  }

  @Test
  void noTypeHasANameThatSaysNothing() {
    for (String suffix : new String[] {"Manager", "Helper", "Util", "Utils", "Impl"}) {
      holds(noClasses().should().haveSimpleNameEndingWith(suffix));
    }
  }

  @Test
  void timeAndChanceComeThroughTheirPorts() {
    holds(
        noClasses()
            .that(not(belongToAnyOf(Ticker.class, Draw.class, Proxy.class)))
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(Math.class, "random")
            .orShould()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .orShould()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .orShould()
            .callMethod(Thread.class, "sleep", Duration.class)
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(ThreadLocalRandom.class)
            .orShould()
            .callConstructor(Random.class));
  }

  @Test
  void nettyStaysWhereBytesMove() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackages(
                ROOT,
                ROOT + ".server..",
                ROOT + ".guard..",
                ROOT + ".mirror..",
                ROOT + ".upstream..",
                ROOT + ".http..",
                ROOT + ".http1..",
                ROOT + ".http2..",
                ROOT + ".fanout..",
                ROOT + ".wire..",
                ROOT + ".admin..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty.."));
  }

  @Test
  void metricsComeFromTelemetry() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".telemetry..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.micrometer..", "io.prometheus.."));
  }
}
