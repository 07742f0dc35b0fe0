package org.slipway.standin.command;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import java.net.InetSocketAddress;
import java.util.List;
import org.slipway.standin.access.AccessControl;
import org.slipway.standin.access.RoleName;
import org.slipway.standin.access.ScramConversation;
import org.slipway.standin.access.User;
import org.slipway.standin.wire.WireServer;

/** What a client may ask before it has logged in: who are you, and the login itself. */
final class SessionCommands {

    // mongod 6.0's: the first that has setUserWriteBlockMode.
    private static final int WIRE_VERSION = 17;
    static final List<Integer> VERSION = List.of(6, 0, 0, 0);
    private static final int MOST_WRITES = 100_000;
    private static final String MECHANISM = "SCRAM-SHA-256";

    private final AccessControl access;
    private final FailPoints failPoints;

    SessionCommands(AccessControl access, FailPoints failPoints) {
        this.access = access;
        this.failPoints = failPoints;
    }

    void addTo(CommandTable table) {
        table.free("hello", this::hello);
        table.free("isMaster", this::hello);
        table.free("ping", command -> Command.ok(new Document()));
        table.free("buildInfo", command -> Command.ok(new Document("version", "6.0.0")
            .append("versionArray", VERSION)
            .append("gitVersion", "none: a stand-in on mongo-java-server 1.47.0")
            .append("modules", List.of())
            .append("bits", 64)
            .append("maxBsonObjectSize", 16 * 1024 * 1024)));
        table.free("whatsmyuri", command -> Command.ok(new Document("you", remote(command))));
        table.free("endSessions", command -> Command.ok(new Document()));
        table.free("saslStart", command -> Command.ok(start(command, command.body(), command.db())));
        table.free("saslContinue", this::proceed);
        table.free("logout", command -> {
            command.session().user(null);
            return Command.ok(new Document());
        });
        table.free("connectionStatus", this::status);
    }

    private Document hello(Command command) {
        Document reply = new Document("helloOk", true)
            .append(command.name().equals("hello") ? "isWritablePrimary" : "ismaster", true)
            .append("maxBsonObjectSize", 16 * 1024 * 1024)
            .append("maxMessageSizeBytes", WireServer.MAX_MESSAGE)
            .append("maxWriteBatchSize", MOST_WRITES)
            .append("localTime", failPoints.now())
            .append("connectionId", command.session().id())
            .append("minWireVersion", 0)
            .append("maxWireVersion", WIRE_VERSION)
            .append("readOnly", false);
        if (command.body().get("saslSupportedMechs") instanceof String name && name.contains(".")) {
            Namespace user = Namespace.parse(name);
            if (access.find(new RoleName(user.collection(), user.db())) != null) reply.append("saslSupportedMechs", List.of(MECHANISM));
        }
        if (command.body().get("speculativeAuthenticate") instanceof Document login && MECHANISM.equals(login.get("mechanism"))) {
            try {
                reply.append("speculativeAuthenticate", start(command, login, (String) login.getOrDefault("db", "admin")));
            } catch (de.bwaldvogel.mongo.exception.MongoServerError refused) {
                // As on mongod, a speculative login that fails is only left out.
            }
        }
        return Command.ok(reply);
    }

    private Document start(Command command, Document body, String db) {
        if (!MECHANISM.equals(body.get("mechanism"))) {
            throw new de.bwaldvogel.mongo.exception.MongoServerError(334, "MechanismUnavailable", "Unsupported mechanism '" + body.get("mechanism") + "'; this server has " + MECHANISM);
        }
        ScramConversation login = new ScramConversation(payload(body), name -> access.find(new RoleName(name, db)));
        command.session().login(login);
        return step(login.serverFirst(), false);
    }

    private Document proceed(Command command) {
        ScramConversation login = command.session().login();
        if (login == null) throw new de.bwaldvogel.mongo.exception.MongoServerError(17, "ProtocolError", "No SASL session state found");
        if (login.proven()) {
            // The empty exchange of clients that do not skip it.
            command.session().login(null);
            return Command.ok(step(new byte[0], true));
        }
        try {
            byte[] signature = login.finish(payload(command.body()));
            command.session().user(login.user());
            return Command.ok(step(signature, true));
        } catch (RuntimeException refused) {
            command.session().login(null);
            throw Failure.authenticationFailed();
        }
    }

    private Document status(Command command) {
        User user = command.session().user() == null ? null : access.find(command.session().user().name());
        Document info = new Document("authenticatedUsers", user == null ? List.of() : List.of(new Document("user", user.name().name()).append("db", user.name().db())))
            .append("authenticatedUserRoles", user == null ? List.of() : access.roles().inherited(user.roles()).stream().map(RoleName::asRole).toList());
        if (command.flag("showPrivileges")) {
            info.append("authenticatedUserPrivileges", user == null ? List.of() : org.slipway.standin.access.Privilege.toDocuments(access.roles().privileges(user.roles())));
        }
        return Command.ok(new Document("authInfo", info));
    }

    private static Document step(byte[] payload, boolean done) {
        return new Document("conversationId", 1).append("done", done).append("payload", new BinData(payload));
    }

    private static byte[] payload(Document body) {
        if (body.get("payload") instanceof BinData data) return data.getData();
        if (body.get("payload") instanceof String text) return java.util.Base64.getDecoder().decode(text);
        throw Failure.authenticationFailed();
    }

    private static String remote(Command command) {
        InetSocketAddress address = (InetSocketAddress) command.session().channel().remoteAddress();
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }
}
