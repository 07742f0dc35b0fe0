package org.slipway.standin.wire;

import de.bwaldvogel.mongo.bson.Document;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's connection: reads its requests, answers them in order. */
public final class Connection extends SimpleChannelInboundHandler<ByteBuf> {

    /** Carries out what a connection asks. */
    public interface Handler {
        /** Runs a command; `encode` makes the reply's bytes while the command still holds its lock. Null: close the connection. */
        BsonWriter handle(Document command, int bytes, Function<Document, BsonWriter> encode);

        void closed();
    }

    private static final Logger log = LoggerFactory.getLogger(Connection.class);

    private final AtomicInteger replies = new AtomicInteger();
    private final Handler handler;

    Connection(Handler handler) {
        this.handler = handler;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf in) {
        byte[] frame = new byte[in.readableBytes()];
        in.readBytes(frame);
        Message message = Message.parse(frame);
        BsonWriter reply = handler.handle(message.body(), frame.length, document -> message.reply(replies.incrementAndGet(), document));
        if (reply == null) {
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        } else if (!message.unanswered()) {
            context.writeAndFlush(Unpooled.wrappedBuffer(reply.array(), 0, reply.position()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        handler.closed();
        super.channelInactive(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A client that goes away is no event; a message that cannot be read is.
        if (!(cause instanceof IOException)) log.warn("connection {} closed: {}", context.channel().remoteAddress(), cause.toString());
        context.close();
    }
}
