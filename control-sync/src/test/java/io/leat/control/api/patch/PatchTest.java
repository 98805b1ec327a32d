package io.leat.control.api.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The examples of RFC 7386 appendix A and RFC 6902 appendix A, and what kubectl sends. */
class PatchTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static JsonNode json(String text) {
    try {
      return MAPPER.readTree(text.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static String merged(Patch.Outcome outcome) {
    return switch (outcome) {
      case Patch.Patched patched -> patched.document().toString().replace('"', '\'');
      case Patch.Unfit unfit -> "unfit: " + unfit.message();
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'a':'b'}             | {'a':'c'}             | {'a':'c'}",
        "{'a':'b'}             | {'b':'c'}             | {'a':'b','b':'c'}",
        "{'a':'b'}             | {'a':null}            | {}",
        "{'a':'b','b':'c'}     | {'a':null}            | {'b':'c'}",
        "{'a':['b']}           | {'a':'c'}             | {'a':'c'}",
        "{'a':'c'}             | {'a':['b']}           | {'a':['b']}",
        "{'a':{'b':'c'}}       | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
        "{'a':[{'b':'c'}]}     | {'a':[1]}             | {'a':[1]}",
        "{'e':null}            | {'a':1}               | {'e':null,'a':1}",
        "{}                    | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}"
      })
  void mergesAsRfc7386(String target, String patch, String result) {
    Patch change = new Patch.Merge((ObjectNode) json(patch));
    assertThat(merged(change.apply((ObjectNode) json(target)))).isEqualTo(result);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'foo':'bar'} | [{'op':'add','path':'/baz','value':'qux'}] | {'foo':'bar','baz':'qux'}",
        "{'foo':['bar','baz']} | [{'op':'add','path':'/foo/1','value':'qux'}]"
            + " | {'foo':['bar','qux','baz']}",
        "{'baz':'qux','foo':'bar'} | [{'op':'remove','path':'/baz'}] | {'foo':'bar'}",
        "{'foo':['bar','qux','baz']} | [{'op':'remove','path':'/foo/1'}] | {'foo':['bar','baz']}",
        "{'baz':'qux'} | [{'op':'replace','path':'/baz','value':'boo'}] | {'baz':'boo'}",
        "{'foo':{'a':1},'qux':{}} | [{'op':'move','from':'/foo/a','path':'/qux/b'}]"
            + " | {'foo':{},'qux':{'b':1}}",
        "{'foo':['all','cows','eat']} | [{'op':'move','from':'/foo/1','path':'/foo/2'}]"
            + " | {'foo':['all','eat','cows']}",
        "{'a':1} | [{'op':'copy','from':'/a','path':'/b'}] | {'a':1,'b':1}",
        "{'a/b':1,'m~n':2} | [{'op':'replace','path':'/a~1b','value':3},"
            + "{'op':'remove','path':'/m~0n'}] | {'a/b':3}",
        "{'foo':['bar']} | [{'op':'add','path':'/foo/-','value':['x']}] | {'foo':['bar',['x']]}",
        "{'a':1} | [{'op':'test','path':'/a','value':2}]"
            + " | unfit: operation 0: the value at /a is another one",
        "{'a':1} | [{'op':'add','path':'/b/c','value':2}]"
            + " | unfit: operation 0: there is nothing at /b",
        "{'a':[1]} | [{'op':'add','path':'/a/01','value':2}]"
            + " | unfit: operation 0: there is no index 01 at /a/01",
        "{'a':{}} | [{'op':'move','from':'/a','path':'/a/b'}]"
            + " | unfit: operation 0: a value cannot be moved into itself",
        "{'a':1} | [{'op':'replace','path':'/b','value':2}]"
            + " | unfit: operation 0: there is nothing at /b"
      })
  void operatesAsRfc6902(String target, String patch, String result) {
    Patch change = new Patch.Operations(json(patch));
    assertThat(merged(change.apply((ObjectNode) json(target)))).isEqualTo(result);
  }

  @Test
  void copyingCannotGrowWithoutBound() {
    StringBuilder patch = new StringBuilder("[{'op':'add','path':'/a','value':[1,2,3,4,5,6,7,8]}");
    for (int i = 0; i < 40; i++) {
      patch.append(",{'op':'copy','from':'/a','path':'/a/-'}");
    }
    Patch change = new Patch.Operations(json(patch.append(']').toString()));
    assertThat(merged(change.apply(MAPPER.createObjectNode()))).contains("copies more than");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'data':{'a':'1'}} | {'data':{'b':'2'}} | {'data':{'a':'1','b':'2'}}",
        "{'data':{'a':'1','b':'2'}} | {'data':{'a':null}} | {'data':{'b':'2'}}",
        "{'env':[{'name':'A','value':'1'},{'name':'B'}]} | {'env':[{'name':'A','value':'2'}]}"
            + " | {'env':[{'name':'A','value':'2'},{'name':'B'}]}",
        "{'env':[{'name':'A'},{'name':'B'}]} | {'env':[{'$patch':'delete','name':'A'}]}"
            + " | {'env':[{'name':'B'}]}",
        "{'env':[{'name':'A'}]} | {'env':[{'$patch':'replace'},{'name':'C'}]}"
            + " | {'env':[{'name':'C'}]}",
        "{'finalizers':['a']} | {'finalizers':['b'],'$setElementOrder/finalizers':['a','b']}"
            + " | {'finalizers':['a','b']}",
        "{'finalizers':['a','b']} | {'$deleteFromPrimitiveList/finalizers':['a']}"
            + " | {'finalizers':['b']}",
        "{'x':{'a':1,'b':2}} | {'x':{'$retainKeys':['c'],'c':3}} | {'x':{'c':3}}",
        "{'x':{'a':1}} | {'x':{'$patch':'delete'}} | {}",
        "{'list':[1,2]} | {'list':[3]} | {'list':[3]}"
      })
  void mergesStrategically(String target, String patch, String result) {
    Patch change = new Patch.Strategic((ObjectNode) json(patch));
    assertThat(merged(change.apply((ObjectNode) json(target)))).isEqualTo(result);
  }
}
