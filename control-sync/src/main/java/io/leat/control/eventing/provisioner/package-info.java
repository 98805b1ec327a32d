/**
 * What Channels and Sources are made of, and what their arguments mean; read {@link
 * io.leat.control.eventing.provisioner.Provisioners} first.
 */
@NullMarked
package io.leat.control.eventing.provisioner;

import org.jspecify.annotations.NullMarked;
