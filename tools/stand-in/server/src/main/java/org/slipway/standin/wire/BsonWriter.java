package org.slipway.standin.wire;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.BsonJavaScript;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Decimal128;
import de.bwaldvogel.mongo.bson.LegacyUUID;
import de.bwaldvogel.mongo.bson.MaxKey;
import de.bwaldvogel.mongo.bson.MinKey;
import de.bwaldvogel.mongo.bson.ObjectId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/** Writes BSON into a growing array. */
public final class BsonWriter {

    private byte[] bytes = new byte[1024];
    private ByteBuffer buffer = view();

    public static byte[] write(Map<String, ?> document) {
        BsonWriter writer = new BsonWriter();
        writer.document(document);
        return writer.toBytes();
    }

    public byte[] toBytes() {
        return Arrays.copyOf(bytes, buffer.position());
    }

    /** The array behind, valid up to {@link #position()}. */
    public byte[] array() {
        return bytes;
    }

    public int position() {
        return buffer.position();
    }

    public void int32At(int position, int value) {
        buffer.putInt(position, value);
    }

    public void int8(int value) {
        room(1);
        buffer.put((byte) value);
    }

    public void int32(int value) {
        room(4);
        buffer.putInt(value);
    }

    public void int64(long value) {
        room(8);
        buffer.putLong(value);
    }

    public void raw(byte[] value) {
        room(value.length);
        buffer.put(value);
    }

    public void document(Map<String, ?> document) {
        int from = buffer.position();
        int32(0);
        for (Map.Entry<String, ?> entry : document.entrySet()) element(entry.getKey(), entry.getValue());
        int8(0);
        int32At(from, buffer.position() - from);
    }

    private void array(Collection<?> items) {
        int from = buffer.position();
        int32(0);
        int index = 0;
        for (Object item : items) element(Integer.toString(index++), item);
        int8(0);
        int32At(from, buffer.position() - from);
    }

    @SuppressWarnings("unchecked")
    private void element(String key, Object value) {
        if (value == null) head(0x0A, key);
        else if (value instanceof String text) string(0x02, key, text);
        else if (value instanceof Map<?, ?> map) {
            head(0x03, key);
            document((Map<String, ?>) map);
        } else if (value instanceof Collection<?> items) {
            head(0x04, key);
            array(items);
        } else if (value instanceof Integer number) {
            head(0x10, key);
            int32(number);
        } else if (value instanceof Long number) long64(0x12, key, number);
        else if (value instanceof Double number) long64(0x01, key, Double.doubleToRawLongBits(number));
        else if (value instanceof Boolean flag) {
            head(0x08, key);
            int8(flag ? 1 : 0);
        } else if (value instanceof ObjectId id) {
            head(0x07, key);
            raw(id.toByteArray());
        } else if (value instanceof Instant instant) long64(0x09, key, instant.toEpochMilli());
        else other(key, value);
    }

    private void other(String key, Object value) {
        if (value instanceof BinData data) binary(key, 0, data.getData());
        else if (value instanceof UUID uuid) {
            binary(key, 4, ByteBuffer.allocate(16).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits()).array());
        } else if (value instanceof LegacyUUID legacy) {
            UUID uuid = legacy.getUuid();
            binary(key, 3, ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits()).array());
        } else if (value instanceof BsonRegularExpression regex) {
            head(0x0B, key);
            cstring(regex.getPattern());
            cstring(regex.getOptions() == null ? "" : regex.getOptions());
        } else if (value instanceof BsonJavaScript code) string(0x0D, key, code.getCode());
        else if (value instanceof BsonTimestamp timestamp) long64(0x11, key, timestamp.getValue());
        else if (value instanceof Decimal128 decimal) {
            long64(0x13, key, decimal.getLow());
            int64(decimal.getHigh());
        } else if (value instanceof MinKey) head(0xFF, key);
        else if (value instanceof MaxKey) head(0x7F, key);
        else if (value instanceof Opaque opaque) {
            head(opaque.type(), key);
            raw(opaque.bytes());
        } else throw new IllegalArgumentException("no BSON type for " + value.getClass());
    }

    private void head(int type, String key) {
        int8(type);
        cstring(key);
    }

    private void long64(int type, String key, long value) {
        head(type, key);
        int64(value);
    }

    private void string(int type, String key, String value) {
        head(type, key);
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        int32(text.length + 1);
        raw(text);
        int8(0);
    }

    private void binary(String key, int subtype, byte[] value) {
        head(0x05, key);
        int32(value.length);
        int8(subtype);
        raw(value);
    }

    private void cstring(String value) {
        raw(value.getBytes(StandardCharsets.UTF_8));
        int8(0);
    }

    private void room(int more) {
        if (buffer.remaining() >= more) return;
        int position = buffer.position();
        bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, position + more));
        buffer = view();
        buffer.position(position);
    }

    private ByteBuffer view() {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
