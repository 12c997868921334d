using Sluice.Transport.Server;

namespace Sluice.Transport.Tests.Server;

public sealed class ClientPaceTests
{
    private static readonly Http1ServerLimits Limits = new()
    {
        RateGrace = TimeSpan.FromSeconds(2),
        AnswerRate = 100,
        BodyRate = 100,
    };

    private readonly ClientPace _pace = new(Limits);

    public ClientPaceTests() => _pace.Serve();

    [Fact]
    public void Cuts_a_client_that_does_not_take_a_piece_of_its_answer()
    {
        _pace.BeginAnswerWait(bytes: 300);
        // Two seconds of grace, and three for the bytes.
        for (var second = 1; second <= 5; second++)
            Assert.Equal(PaceVerdict.Fine, _pace.Beat(bodyBytes: 0));
        Assert.Equal(PaceVerdict.Cut, _pace.Beat(bodyBytes: 0));
    }

    [Fact]
    public void Does_not_cut_a_client_that_takes_piece_after_piece()
    {
        // At every beat something is waited for, and each time it is something else.
        for (var second = 1; second <= 1_000; second++)
        {
            _pace.BeginAnswerWait(bytes: 300);
            Assert.Equal(PaceVerdict.Fine, _pace.Beat(bodyBytes: 0));
            _pace.EndAnswerWait();
        }
    }

    [Fact]
    public void Does_not_count_the_time_between_two_pieces()
    {
        _pace.BeginAnswerWait(bytes: 300);
        Assert.Equal(PaceVerdict.Fine, _pace.Beat(bodyBytes: 0));
        _pace.EndAnswerWait();
        for (var second = 1; second <= 1_000; second++)
            Assert.Equal(PaceVerdict.Fine, _pace.Beat(bodyBytes: 0));
    }

    [Fact]
    public void Gives_up_on_a_body_that_comes_too_slowly()
    {
        _pace.BeginBodyWait();
        for (var second = 1; second <= 2; second++)
            Assert.Equal(PaceVerdict.Fine, _pace.Beat(bodyBytes: 10));
        Assert.Equal(PaceVerdict.GiveUp, _pace.Beat(bodyBytes: 10));
        Assert.True(_pace.IsTooSlow);
    }

    [Fact]
    public void Does_not_count_the_time_in_which_no_body_is_waited_for()
    {
        _pace.BeginBodyWait();
        _pace.EndBodyWait();
        for (var second = 1; second <= 1_000; second++)
            Assert.Equal(PaceVerdict.Fine, _pace.Beat(bodyBytes: 10));
    }
}
