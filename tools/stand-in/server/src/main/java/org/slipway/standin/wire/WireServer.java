package org.slipway.standin.wire;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutorGroup;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.function.Function;

/** Listens, cuts the stream into messages, and gives each connection's messages to its handler in their order. */
public final class WireServer {

    /** The largest message that a client may send, as mongod announces it. */
    public static final int MAX_MESSAGE = 48_000_000;

    private static final int COMMAND_THREADS = 24;

    @SuppressWarnings("deprecation")
    private final EventLoopGroup loops = new NioEventLoopGroup(2);
    // Commands wait for locks, so they run off the loops that read and write the sockets.
    private final EventExecutorGroup commands = new DefaultEventExecutorGroup(COMMAND_THREADS);
    private final ServerBootstrap bootstrap;

    public WireServer(Function<Channel, Connection.Handler> handlers) {
        bootstrap = new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, 512)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(new ChannelInitializer<SocketChannel>() {
                @Override
                protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new LengthFieldBasedFrameDecoder(ByteOrder.LITTLE_ENDIAN, MAX_MESSAGE + 16_000, 0, 4, -4, 0, true));
                    channel.pipeline().addLast(commands, new Connection(handlers.apply(channel)));
                }
            });
    }

    /** @return the port, which the system chooses for port 0. */
    public int bind(InetSocketAddress address) {
        Channel channel = bootstrap.bind(address).syncUninterruptibly().channel();
        return ((InetSocketAddress) channel.localAddress()).getPort();
    }
}
