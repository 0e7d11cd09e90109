import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Whether a delivery comes from us: Standard Webhooks, with nothing but Java's standard library.
 *
 * <pre>java Verify.java SECRET WEBHOOK_ID WEBHOOK_TIMESTAMP WEBHOOK_SIGNATURE &lt; body</pre>
 */
public final class Verify {
    private static final long TOLERANCE_S = 5 * 60;

    /** {@code body} is the request's bytes as they came, before anything parsed them. */
    static boolean isOurs(String secret, String messageId, String timestamp, String signatures, byte[] body, Instant now)
            throws GeneralSecurityException {
        if (!timestamp.matches("\\d{1,12}")
                || Math.abs(now.getEpochSecond() - Long.parseLong(timestamp)) > TOLERANCE_S) {
            return false;
        }
        String encoded = secret.startsWith("whsec_") ? secret.substring("whsec_".length()) : secret;
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(encoded), "HmacSHA256"));
        mac.update((messageId + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
        byte[] expected = ("v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))).getBytes(StandardCharsets.UTF_8);
        boolean ours = false;
        // While a secret is being rotated there are two signatures, separated by a space.
        for (String shown : signatures.split(" ")) {
            ours |= MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8), expected);
        }
        return ours;
    }

    public static void main(String[] arguments) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        System.in.transferTo(body);
        boolean ours = isOurs(arguments[0], arguments[1], arguments[2], arguments[3], body.toByteArray(), Instant.now());
        System.exit(ours ? 0 : 1);
    }
}
