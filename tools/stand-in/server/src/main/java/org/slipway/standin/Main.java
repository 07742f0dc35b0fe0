package org.slipway.standin;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slipway.standin.access.AccessControl;
import org.slipway.standin.access.AccessFile;
import org.slipway.standin.access.Roles;
import org.slipway.standin.command.Server;
import org.slipway.standin.store.Journal;
import org.slipway.standin.store.JournalFile;
import org.slipway.standin.store.StoreBackend;
import org.slipway.standin.store.Stored;
import org.slipway.standin.wire.WireServer;

/** Starts the server; prints one line of JSON on standard output when it takes connections. */
public final class Main {

    private static final String BANNER = """
        stand-in: this is no mongod. mongo-java-server holds the data in memory; logins, roles, user write blocking,
        collection options, views and fail points are PLAYED by a wrapper after MongoDB's documentation. For tests only.""";

    private Main() {}

    public static void main(String[] argv) throws IOException {
        System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", System.getProperty("stand-in.log", "warn"));
        Arguments arguments;
        try {
            arguments = Arguments.parse(argv);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            System.exit(2);
            return;
        }
        System.err.println(BANNER);
        Stored stored = new Stored();
        Journal journal = arguments.data() == null ? Journal.NONE : open(arguments.data(), stored);
        AccessFile file = arguments.access() == null ? null : AccessFile.read(arguments.access());
        Roles roles = new Roles(stored.settings().get("roles"), journal::setting);
        AccessControl access = new AccessControl(file, roles, stored.settings().get("userRoles"), journal::setting);
        StoreBackend backend = new StoreBackend(stored, journal);
        Server server = new Server(backend, journal, access, stored.settings(), arguments.testCommands());
        WireServer wire = new WireServer(server::connect);
        int port = 0;
        for (InetSocketAddress address : arguments.listen()) {
            int wanted = address.getPort() == 0 ? port : address.getPort();
            int bound = wire.bind(new InetSocketAddress(address.getAddress(), wanted));
            if (port == 0) port = bound;
        }
        System.out.println("{\"ready\":true,\"port\":" + port + ",\"pid\":" + ProcessHandle.current().pid() + "}");
        System.out.flush();
        if (arguments.exitWithParent()) {
            while (System.in.read() >= 0) {
                // What the parent writes means nothing; that it stops does.
            }
            Runtime.getRuntime().halt(0);
        }
    }

    private static Journal open(Path directory, Stored stored) throws IOException {
        Files.createDirectories(directory);
        // Held until the process ends, so that two servers never write one journal.
        FileChannel lock = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (lock.tryLock() == null) {
            System.err.println(directory + " is in use by another stand-in: stop it, or name another --data");
            System.exit(3);
        }
        return JournalFile.open(directory.resolve("journal"), stored);
    }
}
