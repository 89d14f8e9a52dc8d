using System.Net.Sockets;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RunwayFX.Benchmarks;

/// <summary>gRPC over a Unix socket: one unary call with the frame as a bytes field, as generated code would make it.</summary>
internal sealed unsafe class GrpcUnixSocket : IAlternative
{
    public const string Kind = "grpc-unix";
    private readonly BenchProcess _server = BenchProcess.Start(Kind);
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;

    public GrpcUnixSocket()
    {
        string path = _server.Address;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, _) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return ValueTask.FromResult<Stream>(new NetworkStream(socket, ownsSocket: true));
            },
            InitialHttp2StreamWindowSize = GrpcEchoBase.WindowBytes,
        };
        _channel = GrpcChannel.ForAddress(
            "http://localhost", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true, MaxReceiveMessageSize = null, MaxSendMessageSize = null });
        _invoker = _channel.CreateCallInvoker();
    }

    public string Name => "grpc-unix";

    public void RoundTrip(byte* source, byte* result, long bytes)
    {
        var request = new BytesValue { Value = ByteString.CopyFrom(new ReadOnlySpan<byte>(source, (int)bytes)) };
        BytesValue reply = _invoker.BlockingUnaryCall(GrpcEchoBase.Method, null, default, request);
        reply.Value.Span.CopyTo(new Span<byte>(result, (int)bytes));
    }

    /// <summary>The child's side.</summary>
    public static int Serve(string folder, Action<string> announce)
    {
        string path = Path.Combine(folder, "grpc.sock");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.Http2.InitialStreamWindowSize = GrpcEchoBase.WindowBytes;
            options.Limits.Http2.InitialConnectionWindowSize = GrpcEchoBase.WindowBytes;
            options.ListenUnixSocket(path, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc(options =>
        {
            options.MaxReceiveMessageSize = null;
            options.MaxSendMessageSize = null;
        });
        WebApplication application = builder.Build();
        application.MapGrpcService<GrpcEcho>();
        application.Start();
        announce(path);
        BenchProcess.AwaitEndOfInput();
        application.StopAsync().GetAwaiter().GetResult();
        return 0;
    }

    public void Dispose()
    {
        _channel.Dispose();
        _server.Dispose();
    }
}

/// <summary>The service, in the shape of generated code.</summary>
[BindServiceMethod(typeof(GrpcEchoBase), nameof(Bind))]
internal abstract class GrpcEchoBase
{
    /// <summary>Flow-control windows, large enough that they do not throttle a frame.</summary>
    public const int WindowBytes = 16 << 20;

    private static readonly Marshaller<BytesValue> Bytes = Marshallers.Create(
        static (message, context) =>
        {
            context.SetPayloadLength(message.CalculateSize());
            message.WriteTo(context.GetBufferWriter());
            context.Complete();
        },
        static context => BytesValue.Parser.ParseFrom(context.PayloadAsReadOnlySequence()));

    /// <summary>The one method.</summary>
    public static readonly Method<BytesValue, BytesValue> Method = new(MethodType.Unary, "rfx.Bench", "Echo", Bytes, Bytes);

    /// <summary>What generated code would do.</summary>
    public static void Bind(ServiceBinderBase binder, GrpcEchoBase? service) =>
        binder.AddMethod(Method, service is null ? null : new UnaryServerMethod<BytesValue, BytesValue>(service.Echo));

    /// <summary>Gives back what it got.</summary>
    public abstract Task<BytesValue> Echo(BytesValue request, ServerCallContext context);
}

/// <summary>The service itself.</summary>
internal sealed class GrpcEcho : GrpcEchoBase
{
    /// <inheritdoc/>
    public override Task<BytesValue> Echo(BytesValue request, ServerCallContext context) => Task.FromResult(new BytesValue { Value = request.Value });
}
