package org.slipway.standin.wire;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.List;

/**
 * One request of the wire protocol: OP_MSG, or the OP_QUERY on `$cmd` with which drivers still begin.
 *
 * @param unanswered the client waits for no reply (`moreToCome`: unacknowledged writes)
 */
public record Message(int requestId, boolean legacy, boolean unanswered, Document body) {

    private static final int OP_REPLY = 1;
    private static final int OP_QUERY = 2004;
    private static final int OP_MSG = 2013;
    private static final int CHECKSUM_PRESENT = 1;
    private static final int MORE_TO_COME = 1 << 1;
    private static final int EXHAUST_ALLOWED = 1 << 16;

    /** @throws IllegalArgumentException when the frame is none that this server reads. */
    public static Message parse(byte[] frame) {
        BsonReader reader = new BsonReader(frame, 4, frame.length);
        int requestId = reader.int32();
        reader.int32();
        int operation = reader.int32();
        return switch (operation) {
            case OP_MSG -> message(frame, reader, requestId);
            case OP_QUERY -> query(reader, requestId);
            default -> throw new IllegalArgumentException("wire operation " + operation);
        };
    }

    private static Message message(byte[] frame, BsonReader reader, int requestId) {
        int flags = reader.int32();
        if ((flags & ~(CHECKSUM_PRESENT | MORE_TO_COME | EXHAUST_ALLOWED)) != 0) throw new IllegalArgumentException("flags " + flags);
        int end = (flags & CHECKSUM_PRESENT) == 0 ? frame.length : frame.length - 4;
        Document body = null;
        Document sequences = new Document();
        while (reader.position() < end) {
            if (reader.int8() == 0) {
                body = reader.document();
            } else {
                int stop = reader.position() + reader.int32();
                String field = reader.cstring();
                List<Document> documents = new ArrayList<>();
                while (reader.position() < stop) documents.add(reader.document());
                sequences.put(field, documents);
            }
        }
        if (body == null) throw new IllegalArgumentException("a message without a body");
        body.putAll(sequences);
        return new Message(requestId, false, (flags & MORE_TO_COME) != 0, body);
    }

    private static Message query(BsonReader reader, int requestId) {
        reader.int32();
        String namespace = reader.cstring();
        if (!namespace.endsWith(".$cmd")) throw new IllegalArgumentException("a query on " + namespace);
        reader.int32();
        reader.int32();
        Document body = reader.document();
        body.putIfAbsent("$db", namespace.substring(0, namespace.length() - ".$cmd".length()));
        return new Message(requestId, true, false, body);
    }

    /** The reply's frame, in the operation in which the request came. */
    public BsonWriter reply(int id, Document reply) {
        BsonWriter frame = new BsonWriter();
        frame.int32(0);
        frame.int32(id);
        frame.int32(requestId);
        frame.int32(legacy ? OP_REPLY : OP_MSG);
        frame.int32(legacy ? 8 : 0);
        if (legacy) {
            frame.int64(0);
            frame.int32(0);
            frame.int32(1);
        } else {
            frame.int8(0);
        }
        frame.document(reply);
        frame.int32At(0, frame.position());
        return frame;
    }
}
