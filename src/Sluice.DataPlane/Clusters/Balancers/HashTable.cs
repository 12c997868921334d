namespace Sluice.DataPlane.Clusters.Balancers;

/// <summary>Places that belong to endpoints; a hash finds its place. Built from the addresses and weights of the endpoints alone, so that
/// every gateway builds the same.</summary>
internal sealed class HashTable
{
    // More points than Istio's 1024 give even shares: with these, the share of one endpoint among equals is off by about 4 %.
    private const int PointsOfEndpoint = 512;
    private const int EnoughPoints = 65_536;

    // Points of a ring in rising order; null for Maglev, whose places are equally wide.
    private readonly ulong[]? _points;
    private readonly int[] _owners;

    private HashTable(ulong[]? points, int[] owners) => (_points, _owners) = (points, owners);

    /// <summary>Number of places.</summary>
    public int Size => _owners.Length;

    /// <summary>The endpoint of a place, as its position in the level.</summary>
    public int OwnerOf(int place) => _owners[place];

    /// <summary>The place of a hash.</summary>
    public int Find(ulong hash)
    {
        if (_points is null)
            return (int)(hash % (ulong)_owners.Length);
        var found = Array.BinarySearch(_points, hash);
        var place = found < 0 ? ~found : found;
        return place == _points.Length ? 0 : place;
    }

    /// <summary>Makes the table of a level.</summary>
    public static HashTable Of(BalancingPolicy policy, EndpointGroup[] level)
    {
        var members = Members(level);
        return policy.Algorithm == BalancingAlgorithm.Maglev ? Maglev(members, policy.TableSize) : Ring(members, policy.TableSize);
    }

    /// <summary>Whether two levels make the same table.</summary>
    public static bool AreAlike(EndpointGroup[] one, EndpointGroup[] other)
    {
        if (one.Length != other.Length)
            return false;
        for (var i = 0; i < one.Length; i++)
        {
            if (one[i].Weight != other[i].Weight || one[i].Endpoints.Length != other[i].Endpoints.Length)
                return false;
            for (var j = 0; j < one[i].Endpoints.Length; j++)
            {
                if (one[i].Endpoints[j].Weight != other[i].Endpoints[j].Weight || one[i].Endpoints[j].Address != other[i].Endpoints[j].Address)
                    return false;
            }
        }
        return true;
    }

    // In the order of the addresses: that of the configuration must not matter.
    private static Member[] Members(EndpointGroup[] level)
    {
        var members = new List<Member>();
        foreach (var group in level)
        {
            var total = group.Endpoints.Sum(e => (double)e.Weight);
            foreach (var endpoint in group.Endpoints)
                members.Add(new Member(members.Count, endpoint.Address, group.Weight * (level.Length == 1 ? endpoint.Weight : endpoint.Weight / total)));
        }
        members.Sort((a, b) => string.CompareOrdinal(a.Address, b.Address));
        return [.. members];
    }

    private static HashTable Ring(Member[] members, int minimum)
    {
        var size = Math.Max(minimum, Math.Max(members.Length, Math.Min(EnoughPoints, (long)members.Length * PointsOfEndpoint)));
        var total = members.Sum(m => m.Weight);
        var points = new List<ulong>((int)size + members.Length);
        var owners = new List<int>(points.Capacity);
        foreach (var member in members)
        {
            var share = Math.Max(1, (long)Math.Round(size * member.Weight / total));
            for (var i = 0; i < share; i++)
            {
                points.Add(Hashing.Of($"{member.Address}_{i}"));
                owners.Add(member.Position);
            }
        }
        var (sorted, sortedOwners) = (points.ToArray(), owners.ToArray());
        Array.Sort(sorted, sortedOwners);
        return new HashTable(sorted, sortedOwners);
    }

    // Each endpoint wants the places in an order of its own and takes the next free one when it is its turn; those of less weight sit out
    // some of the turns. See "Maglev: A Fast and Reliable Software Network Load Balancer", 3.4.
    private static HashTable Maglev(Member[] members, int size)
    {
        var owners = new int[size];
        Array.Fill(owners, -1);
        var heaviest = members.Max(m => m.Weight);
        var turns = Array.ConvertAll(members, m => new MaglevTurn(m, size));
        for (var (round, taken) = (1, 0); ; round++)
        {
            foreach (var turn in turns)
            {
                if (!turn.IsDue(round, heaviest))
                    continue;
                owners[turn.NextFree(owners)] = turn.Position;
                if (++taken == size)
                    return new HashTable(null, owners);
            }
        }
    }

    private readonly record struct Member(int Position, string Address, double Weight);

    private sealed class MaglevTurn(Member member, int size)
    {
        private readonly ulong _skip = size > 1 ? Hashing.Of(member.Address, seed: 1) % (ulong)(size - 1) + 1 : 0;
        private ulong _wanted = Hashing.Of(member.Address) % (ulong)size;
        private double _debt;

        public int Position => member.Position;

        public bool IsDue(int round, double heaviest)
        {
            if (round * member.Weight < _debt)
                return false;
            _debt += heaviest;
            return true;
        }

        public int NextFree(int[] owners)
        {
            while (owners[_wanted] >= 0)
                _wanted = (_wanted + _skip) % (ulong)size;
            return (int)_wanted;
        }
    }
}
