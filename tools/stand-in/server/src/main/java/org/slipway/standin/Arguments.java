package org.slipway.standin;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The command line. Passwords never stand in it: they are in the access file.
 *
 * @param listen addresses; port 0 takes a free one, and each further address with port 0 takes the first one's
 * @param data folder of the durable backend, or null for memory
 * @param access file with users and roles, or null for no access control
 * @param exitWithParent end when standard input closes
 * @param testCommands have `configureFailPoint`
 */
record Arguments(List<InetSocketAddress> listen, Path data, Path access, boolean exitWithParent, boolean testCommands) {

    static final String USAGE = "usage: stand-in [--listen ADDRESS:PORT]... [--data DIRECTORY] [--access FILE] [--exit-with-parent] [--test-commands]";

    static Arguments parse(String[] arguments) {
        List<InetSocketAddress> listen = new ArrayList<>();
        Path data = null;
        Path access = null;
        boolean exit = false;
        boolean test = false;
        for (int at = 0; at < arguments.length; at++) {
            switch (arguments[at]) {
                case "--listen" -> listen.add(address(value(arguments, ++at)));
                case "--data" -> data = Path.of(value(arguments, ++at));
                case "--access" -> access = Path.of(value(arguments, ++at));
                case "--exit-with-parent" -> exit = true;
                case "--test-commands" -> test = true;
                default -> throw new IllegalArgumentException("unknown argument " + arguments[at] + "\n" + USAGE);
            }
        }
        if (listen.isEmpty()) listen.add(new InetSocketAddress("127.0.0.1", 0));
        return new Arguments(listen, data, access, exit, test);
    }

    private static String value(String[] arguments, int at) {
        if (at >= arguments.length) throw new IllegalArgumentException("a value is missing after " + arguments[at - 1] + "\n" + USAGE);
        return arguments[at];
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1) throw new IllegalArgumentException("ADDRESS:PORT was expected, found " + text + "\n" + USAGE);
        return new InetSocketAddress(text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    }
}
