/**
 * The Kubernetes API dialect over the store: discovery, reads, writes, watches and errors. Start at
 * {@link io.leat.control.api.kube.KubeApi}.
 */
@NullMarked
package io.leat.control.api.kube;

import org.jspecify.annotations.NullMarked;
