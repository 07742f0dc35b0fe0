package org.slipway.standin.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.slipway.standin.command.Failure;

/** The server's side of one SCRAM-SHA-256 login (RFC 5802). */
public final class ScramConversation {

    private static final String CHANNEL_BINDING_NONE = "biws";

    private final User user;
    private final String nonce;
    private final String clientFirstBare;
    private final String serverFirst;
    private boolean proven;

    /**
     * @param clientFirst the client's first message
     * @param find the user of a name, or null
     * @throws RuntimeException AuthenticationFailed
     */
    public ScramConversation(byte[] clientFirst, Function<String, User> find) {
        String text = new String(clientFirst, StandardCharsets.UTF_8);
        if (!text.startsWith("n,")) throw Failure.authenticationFailed();
        clientFirstBare = text.substring(text.indexOf(',', 2) + 1);
        Map<String, String> fields = fields(clientFirstBare);
        user = find.apply(fields.getOrDefault("n", "").replace("=2C", ",").replace("=3D", "="));
        if (user == null || !fields.containsKey("r")) throw Failure.authenticationFailed();
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        nonce = fields.get("r") + Base64.getEncoder().encodeToString(random);
        serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(user.credential().salt()) + ",i=" + user.credential().iterations();
    }

    public byte[] serverFirst() {
        return serverFirst.getBytes(StandardCharsets.UTF_8);
    }

    /** Checks the client's proof. @return the server's signature. @throws RuntimeException AuthenticationFailed */
    public byte[] finish(byte[] clientFinal) {
        String text = new String(clientFinal, StandardCharsets.UTF_8);
        Map<String, String> fields = fields(text);
        int proofAt = text.lastIndexOf(",p=");
        if (proofAt < 0 || !CHANNEL_BINDING_NONE.equals(fields.get("c")) || !nonce.equals(fields.get("r"))) throw Failure.authenticationFailed();
        String message = clientFirstBare + "," + serverFirst + "," + text.substring(0, proofAt);
        byte[] signature = ScramCredential.hmac(user.credential().storedKey(), message);
        byte[] proof = Base64.getDecoder().decode(fields.get("p"));
        if (proof.length != signature.length) throw Failure.authenticationFailed();
        byte[] clientKey = Arrays.copyOf(proof, proof.length);
        for (int at = 0; at < clientKey.length; at++) clientKey[at] ^= signature[at];
        if (!MessageDigest.isEqual(ScramCredential.sha256(clientKey), user.credential().storedKey())) throw Failure.authenticationFailed();
        proven = true;
        return ("v=" + Base64.getEncoder().encodeToString(ScramCredential.hmac(user.credential().serverKey(), message))).getBytes(StandardCharsets.UTF_8);
    }

    public boolean proven() {
        return proven;
    }

    public User user() {
        return user;
    }

    private static Map<String, String> fields(String message) {
        Map<String, String> fields = new HashMap<>();
        for (String part : message.split(",")) {
            if (part.length() > 1 && part.charAt(1) == '=') fields.putIfAbsent(part.substring(0, 1), part.substring(2));
        }
        return fields;
    }
}
