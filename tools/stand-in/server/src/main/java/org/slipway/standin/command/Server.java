package org.slipway.standin.command;

import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.exception.MongoServerError;
import de.bwaldvogel.mongo.exception.MongoServerException;
import de.bwaldvogel.mongo.exception.MongoSilentServerException;
import io.netty.channel.Channel;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slipway.standin.access.AccessControl;
import org.slipway.standin.store.Journal;
import org.slipway.standin.store.StoreBackend;
import org.slipway.standin.wire.BsonWriter;
import org.slipway.standin.wire.Connection;

/** Carries out commands: login, privileges, write block, the command itself, the journal; then the reply. */
public final class Server {

    private static final Logger log = LoggerFactory.getLogger(Server.class);

    private final CommandTable table = new CommandTable();
    private final FailPoints failPoints = new FailPoints();
    private final AccessControl access;
    private final WriteBlock block;
    private final Journal journal;
    private final StoreBackend backend;
    private final AtomicInteger sessions = new AtomicInteger();
    // The core changes documents in place, so a reply is made into bytes before any write may go on.
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);

    /** @param settings what an earlier run saved of its settings */
    public Server(StoreBackend backend, Journal journal, AccessControl access, Map<String, Document> settings, boolean testCommands) {
        this.backend = backend;
        this.journal = journal;
        this.access = access;
        this.block = new WriteBlock(settings.get("userWriteBlock"), journal::setting);
        Core core = new Core(backend);
        Catalog catalog = new Catalog(settings, journal::setting);
        Cursors cursors = new Cursors();
        new SessionCommands(access, failPoints).addTo(table);
        new ReadCommands(core, catalog, cursors).addTo(table);
        new WriteCommands(core, catalog).addTo(table);
        IndexCommands indexes = new IndexCommands(core, catalog, cursors);
        new CollectionCommands(core, catalog, cursors, indexes).addTo(table);
        indexes.addTo(table);
        new RoleCommands(access).addTo(table);
        new ServerCommands(core, access, block).addTo(table);
        if (testCommands) table.free("configureFailPoint", failPoints::configure);
        journal.commit();
    }

    public Connection.Handler connect(Channel channel) {
        Session session = new Session(sessions.incrementAndGet(), channel);
        return new Connection.Handler() {
            @Override
            public BsonWriter handle(Document body, int bytes, Function<Document, BsonWriter> encode) {
                Command command = new Command(body.keySet().iterator().next(), body, bytes, session);
                try {
                    return run(command, encode);
                } catch (MongoServerException refused) {
                    return encode.apply(failure(command, refused));
                } catch (RuntimeException broken) {
                    log.error("{} failed", command.name(), broken);
                    return encode.apply(failure(command, new MongoServerError(8, "UnknownError", "the stand-in failed: " + broken)));
                }
            }

            @Override
            public void closed() {
                backend.handleClose(channel);
            }
        };
    }

    private BsonWriter run(Command asked, Function<Document, BsonWriter> encode) {
        CommandTable.Entry entry = table.find(asked.name());
        // From here on the name is written as mongod writes it.
        Command command = new Command(entry.name(), canonical(entry.name(), asked), asked.bytes(), asked.session());
        if (entry.kind() == CommandTable.Kind.FREE) return encode.apply(entry.run().apply(command));
        authorize(entry, command);
        Document fault = failPoints.take(command);
        if (fault != null && FailPoints.before(fault)) return null;
        CommandTable.Kind kind = entry.kind(command);
        Lock held = kind == CommandTable.Kind.READ ? lock.readLock() : lock.writeLock();
        held.lock();
        try {
            Document reply = kind == CommandTable.Kind.WRITE ? write(entry, command) : entry.run().apply(command);
            BsonWriter encoded = encode.apply(reply);
            return fault != null && FailPoints.afterwards(fault) ? null : encoded;
        } finally {
            // Also after a failure: what a command did before it failed is done.
            journal.commit();
            held.unlock();
        }
    }

    private void authorize(CommandTable.Entry entry, Command command) {
        if (!access.enabled()) return;
        if (command.session().user() == null) throw Failure.unauthorized("Command " + entry.name() + " requires authentication");
        for (Need need : entry.needs().apply(command)) {
            if (!access.allows(command.session().user(), need.resource(), need.action())) {
                throw Failure.unauthorized("not authorized on " + command.db() + " to execute command { " + entry.name() + ": " + command.body().get(entry.name()) + " }; the action " + need.action() + " is missing");
            }
        }
    }

    private Document write(CommandTable.Entry entry, Command command) {
        boolean bypass = access.enabled() && access.allows(command.session().user(), org.slipway.standin.access.Resource.CLUSTER, "bypassWriteBlockingMode");
        String db = entry.name().equals("renameCollection") ? Namespace.parse(command.body().get("renameCollection")).db() : command.db();
        try {
            if (!bypass) block.check(db);
        } catch (MongoServerError blocked) {
            if (WriteCommands.isBatch(command)) return WriteCommands.refused(command, blocked);
            throw blocked;
        }
        return entry.run().apply(command);
    }

    private static Document canonical(String name, Command asked) {
        if (name.equals(asked.name())) return asked.body();
        Document body = new Document(name, asked.body().get(asked.name()));
        asked.body().forEach(body::putIfAbsent);
        return body;
    }

    private static Document failure(Command command, MongoServerException failed) {
        Document reply = new Document("ok", 0.0).append("errmsg", failed.getMessageWithoutErrorCode());
        if (failed instanceof MongoServerError known) return reply.append("code", known.getCode()).append("codeName", known.getCodeName());
        if (!(failed instanceof MongoSilentServerException)) log.warn("{}: {}", command.name(), failed.getMessage());
        return reply.append("code", 8).append("codeName", "UnknownError");
    }
}
