package io.leat.control.api.entropy;

import io.leat.control.api.logs.InstanceLogs;
import io.leat.control.module.EnabledModules;
import io.leat.control.module.LogBook;
import io.leat.control.module.ModuleService;
import io.leat.control.store.ResourceStore;
import io.leat.proxy.admin.AdminRequest;
import io.leat.proxy.admin.AdminResponse;
import java.util.function.Function;

/**
 * What the API works with.
 *
 * @param logs what resources of modules log
 * @param instances what the instances of Leat's own kinds print
 * @param kubernetes answers requests in the dialect of Kubernetes, which judges and writes Leat's
 *     own kinds
 * @param table shows what a write of one of Leat's own kinds would do to the route table
 * @param version of Leat
 */
public record EntropyPorts(
    ModuleService service,
    EnabledModules modules,
    LogBook logs,
    InstanceLogs instances,
    ResourceStore store,
    Function<AdminRequest, AdminResponse> kubernetes,
    TablePreview table,
    String version) {}
