"""The tree, its proofs and its signed notes are those that are published, whatever the size."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from lgsp.domain.merkle.notes import Checkpoint, Key, NoteError, Signer, read_key, read_note, read_notes
from lgsp.domain.merkle.proofs import consistency, grew, included, inclusion, nodes_of
from lgsp.domain.merkle.tree import EMPTY, WIDE, Frontier, leaf_hash, root_of, split

LEAVES = [
    bytes.fromhex(one)
    for one in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
"""The leaves of the reference tests of certificate-transparency."""
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
A = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
B = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
C = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
D = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
E = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
F = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
PATHS = {
    (0, 1): [], (0, 8): [A, B, C], (5, 8): [D, E, ROOTS[3]], (2, 3): [ROOTS[1]], (1, 5): [ROOTS[0], B, D],
}  # fmt: skip
GROWTHS = {(1, 8): [A, B, C], (6, 8): [F, E, ROOTS[3]], (2, 5): [B, D]}
SIZES = st.integers(1, 300)
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def nodes(low: int, high: int) -> bytes:
    """Return a node of the reference tree, by the definition."""
    return by_definition(HASHES[low:high])


def by_definition(hashes: list[bytes]) -> bytes:
    """Return the root as RFC 9162 defines it in section 2.1.1."""
    from hashlib import sha256

    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return sha256(b"\1" + by_definition(hashes[:k]) + by_definition(hashes[k:])).digest()


def hexes(proof: list[bytes]) -> list[str]:
    """Return a proof as it is published."""
    return [one.hex() for one in proof]


def many(count: int) -> list[bytes]:
    """Return so many hashes of leaves."""
    return [leaf_hash(str(n).encode()) for n in range(count)]


def test_the_published_roots_hold() -> None:
    """Each size of the reference tree has its published root, and none at all the hash of nothing."""
    assert [root_of(HASHES[:n]).hex() for n in range(1, 9)] == list(ROOTS)
    assert root_of([]) == EMPTY
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(("index", "size"), PATHS)
def test_the_published_paths_hold(index: int, size: int) -> None:
    """Paths of inclusion are those that are published, and lead to the root."""
    path = inclusion(index, size, nodes)
    assert hexes(path) == PATHS[index, size]
    assert included(HASHES[index], index, size, path) == bytes.fromhex(ROOTS[size - 1])


@pytest.mark.parametrize(("old", "new"), GROWTHS)
def test_the_published_growths_hold(old: int, new: int) -> None:
    """Proofs of consistency are those that are published, and hold."""
    proof = consistency(old, new, nodes)
    assert hexes(proof) == GROWTHS[old, new]
    assert grew(old, bytes.fromhex(ROOTS[old - 1]), new, bytes.fromhex(ROOTS[new - 1]), proof)


@given(SIZES)
def test_a_tree_is_the_one_of_the_definition(size: int) -> None:
    """Level by level, leaf by leaf, and by the recursive definition: one root."""
    hashes, tree = many(size), Frontier()
    for one in hashes:
        tree.add(one)
    assert tree.root() == root_of(hashes) == by_definition(hashes)
    assert Frontier(tree.size, tree.roots).root() == tree.root()


@given(SIZES, st.data())
def test_every_leaf_is_proved_and_no_other(size: int, data: st.DataObject) -> None:
    """A path holds for its leaf at its place; not for another leaf, another place, nor shortened."""
    hashes, index = many(size), data.draw(st.integers(0, size - 1))
    root = root_of(hashes)
    path = inclusion(index, size, lambda low, high: root_of(hashes[low:high]))
    assert included(hashes[index], index, size, path) == root
    assert included(leaf_hash(b"x"), index, size, path) != root
    assert included(hashes[index], (index + 1) % size, size, path) != root or size == 1
    assert included(hashes[index], index, size, path[:-1]) != root or not path
    assert included(hashes[index], index, size, [*path, root]) is None
    assert included(hashes[index], size, size, path) is None


@given(SIZES, st.data())
def test_growth_is_proved_and_nothing_else(new: int, data: st.DataObject) -> None:
    """A proof holds between these two roots; not for another older tree, nor with one of its hashes changed."""
    hashes, old = many(new), data.draw(st.integers(1, new))
    proof = consistency(old, new, lambda low, high: root_of(hashes[low:high]))
    before, after = root_of(hashes[:old]), root_of(hashes)
    assert grew(old, before, new, after, proof)
    other = root_of([leaf_hash(b"x"), *hashes[1:old]])
    assert not grew(old, other, new, after, proof)
    assert not grew(old, before, new, other, proof)
    for n in range(len(proof)):
        assert not grew(old, before, new, after, [*proof[:n], b"\0" * 32, *proof[n + 1 :]])
    assert not grew(old, before, new, after, [*proof, before])


def test_every_tree_begins_as_the_empty_one() -> None:
    """From nothing, and to itself, there is nothing to prove; what is smaller never grew to it."""
    root = bytes.fromhex(ROOTS[2])
    assert grew(0, EMPTY, 3, root, [])
    assert grew(3, root, 3, root, [])
    assert not grew(5, root, 3, root, [root])
    with pytest.raises(ValueError, match="they did not"):
        consistency(4, 3, nodes)
    with pytest.raises(ValueError, match="the tree has 3"):
        inclusion(3, 3, nodes)


@given(st.integers(1, 5 * WIDE), st.data())
def test_tiles_know_every_node(size: int, data: st.DataObject) -> None:
    """A path by the roots of whole tiles is that by all leaves, also into the last tile, which is not whole."""
    hashes, index = many(size), data.draw(st.integers(0, size - 1))
    parts = [hashes[at : at + WIDE] for at in range(0, size, WIDE)]
    whole = [root_of(part) for part in parts if len(part) == WIDE]
    by_tiles = inclusion(index, size, nodes_of(whole, lambda n: parts[n]))
    assert by_tiles == inclusion(index, size, lambda low, high: root_of(hashes[low:high]))


@given(st.integers(0, 3), st.integers(0, 40))
def test_whole_subtrees_are_appended_at_once(tiles: int, more: int) -> None:
    """A tree grows by whole tiles as by their leaves; where none can begin, none is taken."""
    hashes, tree = many(tiles * WIDE + more), Frontier()
    for n in range(tiles):
        tree.add(root_of(hashes[n * WIDE : (n + 1) * WIDE]), 8)
    for one in hashes[tiles * WIDE :]:
        tree.add(one)
    assert tree.root() == root_of(hashes)
    if more:
        with pytest.raises(ValueError, match="no such subtree"):
            tree.add(EMPTY, 8)
    with pytest.raises(ValueError, match="not its own"):
        Frontier(3, [EMPTY])


def test_a_note_has_the_published_form() -> None:
    """Origin, size, root in base64, a line of our own; an empty line; who signed, key id and signature in base64."""
    signer = Signer("lgsp.journal/1", KEY)
    root = bytes.fromhex(ROOTS[4])
    note = signer.sign(Checkpoint("lgsp.journal/1", 5, root, 1_732_326_217_123_456))
    lines = note.split("\n")
    assert lines[:5] == [
        "lgsp.journal/1", "5", "Tju7H3tHjc/nH7YxYxUZo7yhLJrvyhYSv85ME6hiZNQ=",
        "at 2024-11-23T08:43:37.123456+07:00", "",
    ]  # fmt: skip
    assert lines[5].startswith("— lgsp.journal/1 ")
    read = read_note(note)
    assert (read.checkpoint.size, read.checkpoint.root) == (5, root)
    assert read.checkpoint.at == 1_732_326_217_123_456
    assert read.holds(signer.key)
    assert not read.holds(Signer("lgsp.journal/1", Ed25519PrivateKey.generate()).key)
    assert not read.holds(Signer("lgsp.journal/2", KEY).key)


def test_the_published_key_of_notes_is_read() -> None:
    """The key that the specification of notes gives as its example has the id that it gives."""
    word = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = read_key(word)
    assert (key.name, key.id.hex(), str(key)) == ("PeterNeumann", "c74f20a3", word)
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signed = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    from base64 import b64decode

    assert key.signed(text, b64decode(signed)[4:])
    assert not key.signed(text + " ", b64decode(signed)[4:])


@given(st.sampled_from(["origin", "size", "root", "at", "signature"]))
def test_a_note_that_was_changed_is_not_signed(part: str) -> None:
    """Whatever of it is changed, the key does not hold it any more."""
    signer = Signer("lgsp.journal/1", KEY)
    note = signer.sign(Checkpoint("lgsp.journal/1", 5, bytes.fromhex(ROOTS[4]), 1_732_326_217_000_001))
    changes = {
        "origin": ("lgsp.journal/1\n", "lgsp.journal/2\n"), "size": ("\n5\n", "\n6\n"), "root": ("Tju7", "Tju8"),
        "at": ("+07:00", "+08:00"), "signature": (note[-10:], "AAAAAAAA=\n"),
    }  # fmt: skip
    try:
        assert not read_note(note.replace(*changes[part], 1)).holds(signer.key)
    except NoteError:
        assert part == "signature"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "a\n1\nAAAA\n\n— a AAAA\n",
        "a\n-1\n" + "A" * 43 + "=\n\n— a AAAAAAAA\n",
        "a\n1\n\n— a A\n",
    ],
)
def test_what_is_no_note_is_not_read(text: str) -> None:
    """Neither is a key that is none."""
    with pytest.raises(NoteError):
        read_note(text)
    with pytest.raises(NoteError):
        read_key(text)
    with pytest.raises(NoteError):
        read_notes(text)


def test_a_file_holds_many_notes_and_a_torn_one_is_passed_over() -> None:
    """A machine that stopped while it wrote a line leaves the others readable."""
    signer = Signer("lgsp.journal/1", KEY)
    whole = [signer.sign(Checkpoint("lgsp.journal/1", n, bytes.fromhex(ROOTS[n]), n)) for n in (1, 2, 3)]
    torn = whole[0] + "\n" + whole[1][:40] + "\n" + whole[2] + "\n" + whole[1][:60]
    assert [note.checkpoint.size for note in read_notes(torn)] == [1, 3]
    assert [note.checkpoint.size for note in read_notes("\n".join(whole).replace("\n", "\r\n"))] == [1, 2, 3]


def test_a_key_with_another_id_is_none() -> None:
    """A slip in a word that people copy is seen."""
    word = str(Key("a", b"k" * 32))
    with pytest.raises(NoteError, match="not that of its name"):
        read_key(word.replace("a+", "b+", 1))
