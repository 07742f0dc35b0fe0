package org.slipway.standin.store;

import de.bwaldvogel.mongo.bson.Document;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32;
import org.slipway.standin.wire.BsonReader;
import org.slipway.standin.wire.BsonWriter;

/**
 * The journal as an append-only file of groups `length, CRC-32, BSON records`, one group per command. Written, not
 * synced: it survives the end of the process (SIGKILL), not that of the machine. A torn last group is cut off.
 */
public final class JournalFile implements Journal {

    /** Exit code when the disk takes nothing any more. */
    private static final int NO_JOURNAL = 14;

    private final FileChannel file;
    private BsonWriter group = new BsonWriter();

    private JournalFile(FileChannel file) {
        this.file = file;
    }

    /** Reads `path` into `stored` and opens it for more; rewritten first, so that it holds no history. */
    public static JournalFile open(Path path, Stored stored) throws IOException {
        if (Files.exists(path)) replay(path, stored);
        Path fresh = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        JournalFile journal = new JournalFile(FileChannel.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        journal.snapshot(stored);
        journal.file.force(true);
        Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return journal;
    }

    private static void replay(Path path, Stored stored) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 20))) {
            while (true) {
                int length = in.readInt();
                int checksum = in.readInt();
                byte[] bytes = in.readNBytes(length);
                if (bytes.length < length || checksum(bytes, length) != checksum) return;
                BsonReader reader = new BsonReader(bytes, 0, length);
                while (reader.position() < length) apply(reader.document(), stored);
            }
        } catch (EOFException end) {
            // The last whole group was read.
        }
    }

    private static void apply(Document record, Stored stored) {
        UUID collection = (UUID) record.get("c");
        Document document = (Document) record.get("d");
        switch ((String) record.get("e")) {
            case "open" -> stored.opened(collection, (String) record.get("n"));
            case "add" -> stored.added(collection, (Integer) record.get("p"), document);
            case "update" -> stored.updated(collection, (Integer) record.get("p"), document);
            case "remove" -> stored.removed(collection, (Integer) record.get("p"));
            case "rename" -> stored.renamed(collection, (String) record.get("n"));
            case "drop" -> stored.dropped(collection);
            case "set" -> stored.setting((String) record.get("n"), document);
            default -> throw new IllegalStateException("journal record " + record.get("e"));
        }
    }

    private void snapshot(Stored stored) {
        stored.settings().forEach(this::setting);
        for (Map.Entry<UUID, Stored.Collection> entry : stored.collections().entrySet()) {
            opened(entry.getKey(), entry.getValue().namespace);
            // Holes of removed documents are not kept, so positions begin anew.
            entry.getValue().documents.removeIf(document -> document == null);
            int position = 0;
            for (Document document : entry.getValue().documents) {
                added(entry.getKey(), position++, document);
                if (group.position() > (1 << 20)) commit();
            }
        }
        commit();
    }

    @Override
    public synchronized void opened(UUID collection, String namespace) {
        group.document(record("open", collection).append("n", namespace));
    }

    @Override
    public synchronized void added(UUID collection, int position, Document document) {
        group.document(record("add", collection).append("p", position).append("d", document));
    }

    @Override
    public synchronized void updated(UUID collection, int position, Document document) {
        group.document(record("update", collection).append("p", position).append("d", document));
    }

    @Override
    public synchronized void removed(UUID collection, int position) {
        group.document(record("remove", collection).append("p", position));
    }

    @Override
    public synchronized void renamed(UUID collection, String namespace) {
        group.document(record("rename", collection).append("n", namespace));
    }

    @Override
    public synchronized void dropped(UUID collection) {
        group.document(record("drop", collection));
    }

    @Override
    public synchronized void setting(String name, Document value) {
        group.document(new Document("e", "set").append("n", name).append("d", value));
    }

    @Override
    public synchronized void commit() {
        if (group.position() == 0) return;
        ByteBuffer head = ByteBuffer.allocate(8).putInt(group.position()).putInt(checksum(group.array(), group.position())).flip();
        ByteBuffer[] parts = {head, ByteBuffer.wrap(group.array(), 0, group.position())};
        try {
            while (parts[1].hasRemaining()) file.write(parts);
        } catch (IOException failed) {
            // What is in memory is not on disk: nothing may be answered any more. mongod ends in this case, too.
            System.err.println("the journal cannot be written: " + failed.getMessage() + "; free some space and start again");
            Runtime.getRuntime().halt(NO_JOURNAL);
        }
        group = new BsonWriter();
    }

    private static Document record(String effect, UUID collection) {
        return new Document("e", effect).append("c", collection);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }
}
