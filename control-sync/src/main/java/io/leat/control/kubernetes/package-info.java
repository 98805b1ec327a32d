/**
 * A Kubernetes API server as the truth: resources are read from it and written to it, and revisions
 * run as its Deployments. Start at {@link io.leat.control.kubernetes.Kubernetes}.
 */
@NullMarked
package io.leat.control.kubernetes;

import org.jspecify.annotations.NullMarked;
