package io.leat.proxy.routing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HostNameTest {
  private static final long SEED = 0x1eaf;

  private static long hash(String name) {
    byte[] bytes = ("##" + name + "##").getBytes(ISO_8859_1);
    return HostName.hash(bytes, 2, bytes.length - 2, SEED);
  }

  private static boolean same(String name, String key) {
    byte[] bytes = ("##" + name + "##").getBytes(ISO_8859_1);
    return HostName.same(bytes, 2, bytes.length - 2, key.getBytes(ISO_8859_1));
  }

  @Test
  void lettersOfEitherCaseAreAlikeAndNothingElseIs() {
    for (int length = 1; length <= 17; length++) {
      for (int place = 0; place < length; place++) {
        for (int one = 0; one < 256; one++) {
          String name = "a".repeat(place) + (char) one + "b".repeat(length - place - 1);
          boolean upper = one >= 'A' && one <= 'Z';
          String key =
              upper
                  ? name.substring(0, place) + (char) (one + 32) + name.substring(place + 1)
                  : name;
          assertThat(same(name, key)).as("byte %d at %d of %d", one, place, length).isTrue();
          assertThat(hash(name)).isEqualTo(hash(key));
          String flipped = name.substring(0, place) + (char) (one ^ 32) + name.substring(place + 1);
          boolean letter = Character.isLetter(one) && one < 128;
          if (!upper) {
            assertThat(same(flipped, name)).as("flip of %d", one).isEqualTo(letter);
          }
        }
      }
    }
  }

  @Test
  void namesThatDifferAreNotTheSame() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      String one = name(random);
      String other = name(random);
      assertThat(same(one.toUpperCase(Locale.ROOT), other)).isEqualTo(one.equals(other));
    }
  }

  @Test
  void hashDependsOnTheSeedAndSpreadsOverAllBits() {
    byte[] name = "shop.example".getBytes(ISO_8859_1);
    long one = HostName.hash(name, 0, name.length, 1);
    assertThat(HostName.hash(name, 0, name.length, 2)).isNotEqualTo(one);
    int buckets = 256;
    int[] low = new int[buckets];
    int[] high = new int[buckets];
    int names = 100 * buckets;
    for (int i = 0; i < names; i++) {
      long hash = hash("site-" + i + ".example.com");
      low[(int) hash & (buckets - 1)]++;
      high[(int) (hash >>> 32) & (buckets - 1)]++;
    }
    for (int i = 0; i < buckets; i++) {
      assertThat(low[i]).isBetween(50, 170);
      assertThat(high[i]).isBetween(50, 170);
    }
  }

  private static String name(Random random) {
    StringBuilder name = new StringBuilder();
    int length = 1 + random.nextInt(4);
    for (int i = 0; i < length; i++) {
      name.append((char) ('a' + random.nextInt(3)));
    }
    return name.toString();
  }
}
