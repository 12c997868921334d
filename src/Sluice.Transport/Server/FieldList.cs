using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Sluice.Transport.Server;

/// <summary>Header fields in their order. Heads have a dozen fields, so finding one is a walk that mostly compares lengths; what is used
/// again and again, the list itself included, is made once.</summary>
public sealed class FieldList : IHeaderDictionary
{
    private Entry[] _entries = new Entry[16];
    private Walker? _idle;
    private ulong _lengths;
    private long? _contentLength;
    private Guid _id;

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <summary>Whether the fields have been sent and can't change any more.</summary>
    public bool IsReadOnly { get; internal set; }

    /// <inheritdoc/>
    public ICollection<string> Keys => [.. this.Select(static pair => pair.Key)];

    /// <inheritdoc/>
    public ICollection<StringValues> Values => [.. this.Select(static pair => pair.Value)];

    /// <inheritdoc/>
    public long? ContentLength
    {
        get => _contentLength;
        set
        {
            if (value is not { } length)
            {
                Remove(HeaderNames.ContentLength);
                return;
            }
            ArgumentOutOfRangeException.ThrowIfNegative(length);
            ThrowIfReadOnly();
            var at = Find(HeaderNames.ContentLength);
            if (at < 0)
                Add(HeaderNames.ContentLength, default, mayBeEmpty: true);
            else
                _entries[at].Values = default;
            _contentLength = length;
        }
    }

    /// <inheritdoc/>
    public StringValues this[string key]
    {
        get => Find(key) is >= 0 and var at ? ValuesAt(at) : StringValues.Empty;
        set
        {
            ThrowIfReadOnly();
            var at = Find(key);
            if (value.Count == 0)
            {
                if (at >= 0)
                    RemoveAt(at);
            }
            else if (at < 0)
            {
                Add(key, value, mayBeEmpty: false);
            }
            else
            {
                _entries[at].Values = value;
                NoteLength(_entries[at].Name, value);
            }
        }
    }

    StringValues IDictionary<string, StringValues>.this[string key]
    {
        get => Find(key) is >= 0 and var at ? ValuesAt(at) : throw new KeyNotFoundException();
        set => this[key] = value;
    }

    /// <summary>Sets a field to the text of an id: 36 characters in lower case. It is made when somebody reads it, which few do.</summary>
    public void SetId(string name, Guid id)
    {
        Remove(name);
        Add(name, default, mayBeEmpty: true);
        _id = id;
    }

    /// <summary>Whether the field at a place is an id that nobody has read as text.</summary>
    public bool TryGetIdAt(int index, out Guid id)
    {
        id = _id;
        return _entries[index].Values.Count == 0 && !IsLength(_entries[index].Name);
    }

    /// <summary>The name of the field at a place, from 0.</summary>
    public string NameAt(int index) => _entries[index].Name;

    /// <summary>The values of the field at a place.</summary>
    public StringValues ValuesAt(int index)
    {
        ref var entry = ref _entries[index];
        if (entry.Values.Count == 0)
            entry.Values = IsLength(entry.Name) ? _contentLength!.Value.ToString(CultureInfo.InvariantCulture) : _id.ToString();
        return entry.Values;
    }

    /// <summary>Whether the field at a place is a content-length that was given as a number, and has no text.</summary>
    internal bool IsNumberAt(int index) => _entries[index].Values.Count == 0 && IsLength(_entries[index].Name);

    /// <summary>Adds a line as it came: a field that is there gets another value.</summary>
    internal void Append(string name, string value)
    {
        var at = Find(name);
        if (at < 0)
            Add(name, value, mayBeEmpty: true);
        else
            _entries[at].Values = StringValues.Concat(_entries[at].Values, value);
    }

    /// <summary>Notes the length that the field of that name, added as a line, stands for.</summary>
    internal void SetParsedLength(long length) => _contentLength = length;

    /// <summary>Begins anew.</summary>
    internal void Reset()
    {
        Array.Clear(_entries, 0, Count);
        Count = 0;
        _lengths = 0;
        _contentLength = null;
        IsReadOnly = false;
    }

    /// <inheritdoc/>
    public void Add(string key, StringValues value)
    {
        if (!TryAdd(key, value))
            throw new ArgumentException($"There is a field {key} already.", nameof(key));
    }

    /// <summary>Adds a field unless there is one of that name.</summary>
    public bool TryAdd(string key, StringValues value)
    {
        ThrowIfReadOnly();
        if (Find(key) >= 0)
            return false;
        if (value.Count > 0)
            Add(key, value, mayBeEmpty: false);
        return true;
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => Find(key) >= 0;

    /// <inheritdoc/>
    public bool TryGetValue(string key, out StringValues value)
    {
        var at = Find(key);
        value = at >= 0 ? ValuesAt(at) : StringValues.Empty;
        return at >= 0;
    }

    /// <inheritdoc/>
    public bool Remove(string key)
    {
        ThrowIfReadOnly();
        var at = Find(key);
        if (at >= 0)
            RemoveAt(at);
        return at >= 0;
    }

    /// <inheritdoc/>
    public void Add(KeyValuePair<string, StringValues> item) => Add(item.Key, item.Value);

    /// <inheritdoc/>
    public void Clear()
    {
        ThrowIfReadOnly();
        Reset();
    }

    /// <inheritdoc/>
    public bool Contains(KeyValuePair<string, StringValues> item) => TryGetValue(item.Key, out var value) && value == item.Value;

    /// <inheritdoc/>
    public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex)
    {
        foreach (var field in this)
            array[arrayIndex++] = field;
    }

    /// <inheritdoc/>
    public bool Remove(KeyValuePair<string, StringValues> item) => Contains(item) && Remove(item.Key);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator()
    {
        var walker = Interlocked.Exchange(ref _idle, null) ?? new Walker(this);
        walker.Reset();
        return walker;
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Add(string name, StringValues values, bool mayBeEmpty)
    {
        if (values.Count == 0 && !mayBeEmpty)
            return;
        if (Count == _entries.Length)
            Array.Resize(ref _entries, _entries.Length * 2);
        _entries[Count++] = new Entry { Name = name, Values = values };
        _lengths |= Bit(name);
        if (values.Count > 0)
            NoteLength(name, values);
    }

    private void NoteLength(string name, StringValues values)
    {
        if (IsLength(name))
            _contentLength = long.TryParse(values.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? length : null;
    }

    private int Find(string name)
    {
        if ((_lengths & Bit(name)) == 0)
            return -1;
        var entries = _entries;
        for (var i = 0; i < Count; i++)
        {
            var candidate = entries[i].Name;
            if (ReferenceEquals(candidate, name)
                || (candidate.Length == name.Length && candidate.Equals(name, StringComparison.OrdinalIgnoreCase)))
                return i;
        }
        return -1;
    }

    private void RemoveAt(int index)
    {
        if (IsLength(_entries[index].Name))
            _contentLength = null;
        Count--;
        Array.Copy(_entries, index + 1, _entries, index, Count - index);
        _entries[Count] = default;
    }

    private static bool IsLength(string name) => ReferenceEquals(name, HeaderNames.ContentLength)
        || (name.Length == HeaderNames.ContentLength.Length && name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase));

    private static ulong Bit(string name) => 1UL << (name.Length & 63);

    private void ThrowIfReadOnly()
    {
        if (IsReadOnly)
            ThrowReadOnly();
    }

    [DoesNotReturn]
    private static void ThrowReadOnly() => throw new InvalidOperationException("The head has been sent; its fields can't change any more.");

    private struct Entry
    {
        public string Name;

        /// <summary>Empty only for a content-length that was given as a number, and for an id.</summary>
        public StringValues Values;
    }

    /// <summary>Walks over the fields; the list keeps one for the next walk.</summary>
    private sealed class Walker(FieldList list) : IEnumerator<KeyValuePair<string, StringValues>>
    {
        private int _index;

        public KeyValuePair<string, StringValues> Current => new(list.NameAt(_index), list.ValuesAt(_index));

        object IEnumerator.Current => Current;

        public bool MoveNext() => ++_index < list.Count;

        public void Reset() => _index = -1;

        public void Dispose() => list._idle = this;
    }
}
