/**
 * Resources over HTTP, in the dialect of Kubernetes; a package for each concern. Start at {@link
 * io.leat.control.api.kube.KubeApi}.
 */
@NullMarked
package io.leat.control.api;

import org.jspecify.annotations.NullMarked;
