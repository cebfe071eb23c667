// SPDX-License-Identifier: MIT
using System.Diagnostics.CodeAnalysis;

namespace Peios.Interop;

/// <summary>A value or the error that prevented it. There is no throwing getter: ask with <see cref="TryGet(out T)"/>.</summary>
/// <typeparam name="T">What success carries.</typeparam>
public readonly struct Result<T>
{
    private readonly T _value;

    private Result(T value, Errno error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>The error; <see cref="Errno.None"/> on success.</summary>
    public Errno Error { get; }

    /// <summary>True when there is a value.</summary>
    public bool Ok => Error.Ok;

    /// <summary>Success with a value.</summary>
    public static implicit operator Result<T>(T value) => new(value, Errno.None);

    /// <summary>Failure; an error of zero becomes EINVAL so that a failure never looks like success.</summary>
    public static implicit operator Result<T>(Errno error) => new(default!, error.Ok ? Errno.EINVAL : error);

    /// <summary>Success with a value; for interface types, which have no implicit conversion.</summary>
    public static Result<T> From(T value) => new(value, Errno.None);

    /// <summary>Gets the value; false leaves <paramref name="value"/> at its default.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return Ok;
    }

    /// <summary>Gets the value or the error in one call.</summary>
    public bool TryGet([MaybeNullWhen(false)] out T value, out Errno error)
    {
        value = _value;
        error = Error;
        return Ok;
    }
}
