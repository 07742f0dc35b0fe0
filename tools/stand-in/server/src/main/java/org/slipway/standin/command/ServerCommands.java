package org.slipway.standin.command;

import static org.slipway.standin.command.CommandTable.Kind.ADMIN;
import static org.slipway.standin.command.CommandTable.Kind.READ;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import java.util.ArrayList;
import java.util.List;
import org.slipway.standin.access.AccessControl;
import org.slipway.standin.access.Resource;

/** Commands about the server itself. */
final class ServerCommands {

    private final Core core;
    private final AccessControl access;
    private final WriteBlock block;

    ServerCommands(Core core, AccessControl access, WriteBlock block) {
        this.core = core;
        this.access = access;
        this.block = block;
    }

    void addTo(CommandTable table) {
        table.add("setUserWriteBlockMode", ADMIN, command -> Need.onCluster("setUserWriteBlockMode"), block::set);
        table.add("listDatabases", READ, command -> List.of(), this::listDatabases);
        table.add("serverStatus", READ, command -> Need.onCluster("serverStatus"), command -> status());
        table.add("hostInfo", READ, command -> Need.onCluster("hostInfo"), this::inCore);
        table.add("getCmdLineOpts", READ, command -> Need.onCluster("getCmdLineOpts"), this::inCore);
        table.add("getLog", READ, command -> Need.onCluster("getLog"), this::inCore);
        table.add("currentOp", READ, command -> Need.onCluster("inprog"), command -> Command.ok(new Document("inprog", List.of())));
        table.add("replSetGetStatus", READ, command -> Need.onCluster("replSetGetStatus"), command -> {
            throw new MongoServerError(76, "NoReplicationEnabled", "not running with --replSet");
        });
        table.add("getParameter", READ, command -> Need.onCluster("getParameter"), this::parameter);
    }

    private Document listDatabases(Command command) {
        boolean all = access.allows(command.session().user(), Resource.CLUSTER, "listDatabases");
        List<Document> databases = new ArrayList<>();
        for (String name : core.backend().databases()) {
            // Without the privilege a user sees the databases that they may read.
            if (!all && !access.allows(command.session().user(), Resource.of(name, ""), "find")) continue;
            databases.add(new Document("name", name).append("sizeOnDisk", 0L).append("empty", false));
        }
        return Command.ok(new Document("databases", databases).append("totalSize", 0L));
    }

    private Document status() {
        return Command.ok(core.backend().getServerStatus()
            .append("version", "6.0.0")
            .append("process", "stand-in")
            .append("repl", block.status()));
    }

    private Document inCore(Command command) {
        return core.backend().handleCommand(command.session().channel(), "admin", command.name(), command.body());
    }

    private Document parameter(Command command) {
        Document reply = new Document();
        if (command.body().containsKey("featureCompatibilityVersion")) reply.append("featureCompatibilityVersion", new Document("version", "6.0"));
        if (command.body().containsKey("enableTestCommands")) reply.append("enableTestCommands", true);
        if (reply.isEmpty()) throw Failure.invalidOptions("no option found to get");
        return Command.ok(reply);
    }
}
