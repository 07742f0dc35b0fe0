package org.slipway.standin.wire;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.BsonJavaScript;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Decimal128;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.bson.LegacyUUID;
import de.bwaldvogel.mongo.bson.MaxKey;
import de.bwaldvogel.mongo.bson.MinKey;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Reads BSON documents from one message's bytes; what it cannot carry byte for byte becomes {@link Opaque}. */
public final class BsonReader {

    // Keys repeat: one string for all documents saves most of their memory. Shared without a lock, as strings never change.
    private static final String[] KEYS = new String[8192];

    private final byte[] bytes;
    private final ByteBuffer buffer;
    private final int end;

    public BsonReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        this.buffer.position(from);
        this.end = end;
    }

    public static Document read(byte[] bytes) {
        return new BsonReader(bytes, 0, bytes.length).document();
    }

    public int position() {
        return buffer.position();
    }

    public int int32() {
        return buffer.getInt();
    }

    public byte int8() {
        return buffer.get();
    }

    public String cstring() {
        int from = buffer.position();
        int stop = terminator(from);
        buffer.position(stop + 1);
        return new String(bytes, from, stop - from, StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException when the bytes are no BSON document. */
    public Document document() {
        int stop = start();
        Document document = new Document();
        for (byte type = buffer.get(); type != 0; type = buffer.get()) {
            document.put(key(), value(type));
        }
        finish(stop);
        return document;
    }

    /** An embedded document; one with a key twice would lose a value in a map, so it is carried as it is. */
    private Object embedded() {
        int from = buffer.position();
        int stop = start();
        Document document = new Document();
        int keys = 0;
        for (byte type = buffer.get(); type != 0; type = buffer.get()) {
            document.put(key(), value(type));
            keys++;
        }
        finish(stop);
        return keys == document.size() ? document : new Opaque((byte) 0x03, Arrays.copyOfRange(bytes, from, stop));
    }

    private Object array() {
        int from = buffer.position();
        int stop = start();
        List<Object> items = new ArrayList<>();
        boolean ordinary = true;
        for (byte type = buffer.get(); type != 0; type = buffer.get()) {
            ordinary &= isIndex(items.size());
            items.add(value(type));
        }
        finish(stop);
        return ordinary ? items : new Opaque((byte) 0x04, Arrays.copyOfRange(bytes, from, stop));
    }

    private String key() {
        int from = buffer.position();
        int hash = 0;
        int at = from;
        for (; bytes[at] != 0; at++) hash = hash * 31 + bytes[at];
        String cached = KEYS[hash & (KEYS.length - 1)];
        if (cached != null && isAscii(cached, from, at)) {
            buffer.position(at + 1);
            return cached;
        }
        String key = cstring();
        KEYS[hash & (KEYS.length - 1)] = key;
        return key;
    }

    private boolean isAscii(String text, int from, int stop) {
        if (text.length() != stop - from) return false;
        for (int at = 0; at < text.length(); at++) {
            if (text.charAt(at) != bytes[from + at]) return false;
        }
        return true;
    }

    /** Reads an array's key; whether it is the index that it should be. */
    private boolean isIndex(int index) {
        int from = buffer.position();
        int stop = terminator(from);
        buffer.position(stop + 1);
        int number = 0;
        for (int at = from; at < stop && stop - from < 9; at++) number = number * 10 + bytes[at] - '0';
        boolean canonical = stop > from && (stop - from == 1 || bytes[from] != '0');
        return canonical && number == index;
    }

    private Object value(byte type) {
        return switch (type) {
            case 0x01 -> buffer.getDouble();
            case 0x02 -> string();
            case 0x03 -> embedded();
            case 0x04 -> array();
            case 0x05 -> binary();
            case 0x06 -> new Opaque(type, new byte[0]);
            case 0x07 -> new ObjectId(take(12));
            case 0x08 -> buffer.get() != 0;
            case 0x09 -> Instant.ofEpochMilli(buffer.getLong());
            case 0x0A -> null;
            case 0x0B -> new BsonRegularExpression(cstring(), cstring());
            case 0x0C -> opaque(type, 4 + buffer.getInt(buffer.position()) + 12);
            case 0x0D -> code();
            case 0x0E -> opaque(type, 4 + buffer.getInt(buffer.position()));
            case 0x0F -> opaque(type, buffer.getInt(buffer.position()));
            case 0x10 -> buffer.getInt();
            case 0x11 -> new BsonTimestamp(buffer.getLong());
            case 0x12 -> buffer.getLong();
            case 0x13 -> new Decimal128(buffer.getLong(), buffer.getLong());
            case (byte) 0xFF -> MinKey.getInstance();
            case 0x7F -> MaxKey.getInstance();
            default -> throw new IllegalArgumentException("BSON type 0x" + Integer.toHexString(type & 0xFF));
        };
    }

    private Object code() {
        Object text = string();
        return text instanceof String code ? new BsonJavaScript(code) : new Opaque((byte) 0x0D, ((Opaque) text).bytes());
    }

    private Object string() {
        int from = buffer.position();
        int length = buffer.getInt();
        int stop = from + 4 + length;
        if (length < 1 || stop > end || bytes[stop - 1] != 0) throw new IllegalArgumentException("a BSON string without its end");
        buffer.position(stop);
        String text = new String(bytes, from + 4, length - 1, StandardCharsets.UTF_8);
        // The replacement character stands where bytes were no UTF-8, unless it was there itself.
        if (text.indexOf('\uFFFD') < 0 || isUtf8(from + 4, length - 1)) return text;
        return new Opaque((byte) 0x02, Arrays.copyOfRange(bytes, from, stop));
    }

    private boolean isUtf8(int from, int length) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, length));
            return true;
        } catch (CharacterCodingException invalid) {
            return false;
        }
    }

    private Object binary() {
        int from = buffer.position();
        int length = buffer.getInt();
        byte subtype = buffer.get();
        if (subtype == 0) return new BinData(take(length));
        if (subtype == 3 && length == 16) return new LegacyUUID(buffer.getLong(), buffer.getLong());
        if (subtype == 4 && length == 16) {
            return new UUID(Long.reverseBytes(buffer.getLong()), Long.reverseBytes(buffer.getLong()));
        }
        take(length);
        return new Opaque((byte) 0x05, Arrays.copyOfRange(bytes, from, buffer.position()));
    }

    private Opaque opaque(byte type, int length) {
        return new Opaque(type, take(length));
    }

    private byte[] take(int length) {
        if (length < 0 || buffer.position() + length > end) throw new IllegalArgumentException("BSON is cut short");
        byte[] taken = new byte[length];
        buffer.get(taken);
        return taken;
    }

    private int start() {
        int from = buffer.position();
        int stop = from + buffer.getInt();
        if (stop > end || stop < from + 5) throw new IllegalArgumentException("BSON is cut short");
        return stop;
    }

    private void finish(int stop) {
        if (buffer.position() != stop) throw new IllegalArgumentException("a BSON document of another length than it says");
    }

    private int terminator(int from) {
        for (int at = from; at < end; at++) {
            if (bytes[at] == 0) return at;
        }
        throw new IllegalArgumentException("a BSON key without its end");
    }
}
