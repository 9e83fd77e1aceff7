"""aiortc reads generated signals: it parses every description, answers every offer, takes every candidate, and finds in
them what their maker meant. Prints how many offers, answers and candidates it read.

Argument: a file of JSON lines {"offer": signal, "answer": signal, "candidates": [{"signal", "of", "expected"}]}.
Nothing is sent to the addresses in the candidates: no connection is ever started.
"""

import asyncio
import json
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import SessionDescription, candidate_from_sdp


def described(signal, kind):
    """The parsed description of a signal, after a look at what each of its sections must hold."""
    assert signal["type"] == kind, signal["type"]
    parsed = SessionDescription.parse(signal["sdp"])
    assert parsed.origin.endswith("IN IP4 127.0.0.1") or "IN IP4" in parsed.origin, parsed.origin
    assert [group.semantic for group in parsed.group] == ["BUNDLE"], parsed.group
    assert parsed.group[0].items == [media.rtp.muxId for media in parsed.media], parsed.group
    for media in parsed.media:
        assert media.kind in ("audio", "video") and media.port != 0, media
        assert media.profile == "UDP/TLS/RTP/SAVPF" and media.rtcp_mux, media.profile
        assert len(media.ice.usernameFragment) == 8 and len(media.ice.password) == 24, media.ice
        assert [print_.algorithm for print_ in media.dtls.fingerprints] == ["sha-256"], media.dtls
        assert media.dtls.role == {"offer": "auto", "answer": "client"}[kind], media.dtls
        assert media.rtp.codecs, "no codec"
        for source in media.ssrc:
            assert source.cname, source
    # What it writes again is parsed again, to the same.
    again = SessionDescription.parse(str(parsed))
    assert [media.rtp.codecs for media in again.media] == [media.rtp.codecs for media in parsed.media]
    assert [media.ice_candidates for media in again.media] == [media.ice_candidates for media in parsed.media]
    return parsed


def candidate(entry, description):
    """The candidate of a signal as aiortc sees it, held against what was meant."""
    signal, expected = entry["signal"], entry["expected"]
    assert signal["type"] == "candidate", signal
    prefix, text = signal["candidate"].split(":", 1)
    assert prefix == "candidate", signal
    read = candidate_from_sdp(text)
    read.sdpMid, read.sdpMLineIndex = signal["sdpMid"], signal["sdpMLineIndex"]
    section = description.media[read.sdpMLineIndex]
    assert section.rtp.muxId == read.sdpMid, (section.rtp.muxId, read.sdpMid)
    found = {
        "component": read.component, "ip": read.ip, "protocol": read.protocol, "priority": read.priority,
        "type": read.type, "tcpType": read.tcpType, "mid": read.sdpMid, "index": read.sdpMLineIndex,
        "relatedAddress": read.relatedAddress, "relatedPort": read.relatedPort,
    }
    assert found == {"relatedAddress": None, "relatedPort": None, **expected}, (found, expected)
    assert read.port == 9 if read.protocol == "tcp" else 32768 <= read.port < 61000, read.port
    assert 1 <= len(read.foundation) <= 32, read.foundation
    words = text.split()
    assert words[words.index("ufrag") + 1] == section.ice.usernameFragment, text
    return read


def embedded(description, expected):
    """Holds the candidates inside a description against what was meant."""
    found = {
        (media.rtp.muxId, read.ip, read.protocol, read.priority)
        for media in description.media for read in media.ice_candidates
    }
    assert found == {(e["mid"], e["ip"], e["protocol"], e["priority"]) for e in expected}, (found, expected)
    for media in description.media:
        assert media.ice_candidates_complete == bool(media.ice_candidates), media.rtp.muxId
        if media.ice_candidates:
            assert (media.host, media.port) in {(read.ip, read.port) for read in media.ice_candidates}


async def answer_offer(signal, candidates):
    """Answers an offer as a peer would, and applies the candidates that trickle in behind it."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    await connection.setRemoteDescription(RTCSessionDescription(signal["sdp"], "offer"))
    assert connection.signalingState == "have-remote-offer", connection.signalingState
    for read in candidates:
        await connection.addIceCandidate(read)
    answer = await connection.createAnswer()
    offered, answered = SessionDescription.parse(signal["sdp"]), SessionDescription.parse(answer.sdp)
    assert [media.kind for media in answered.media] == [media.kind for media in offered.media]
    assert all(media.port != 0 and media.rtp.codecs for media in answered.media), "a section was refused"
    await connection.close()
    return answered


async def take_answer(signal, sections):
    """Applies an answer to an offer of aiortc's own with the same sections."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))

    async def nothing():
        pass

    # Neither gathers nor connects: the addresses in our candidates are nobody's.
    connection._RTCPeerConnection__gather = nothing
    connection._RTCPeerConnection__connect = nothing
    for media in sections:
        connection.addTransceiver(media.kind, direction="sendrecv")
    await connection.setLocalDescription(await connection.createOffer())
    await connection.setRemoteDescription(RTCSessionDescription(signal["sdp"], "answer"))
    assert connection.signalingState == "stable", connection.signalingState
    assert all(t.currentDirection == "sendrecv" for t in connection.getTransceivers())
    await connection.close()


async def main(path):
    offers = answers = candidates = 0
    foundations = {}
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            pair = json.loads(line)
            sides = {kind: described(pair[kind], kind) for kind in ("offer", "answer")}
            read = {"offer": [], "answer": []}
            for entry in pair["candidates"]:
                found = candidate(entry, sides[entry["of"]])
                read[entry["of"]].append(found)
                key = (number, entry["of"], found.ip, found.protocol)
                assert foundations.setdefault(key, found.foundation) == found.foundation, key
            for kind, description in sides.items():
                embedded(description, pair["embedded"][kind])
            await answer_offer(pair["offer"], read["offer"])
            await take_answer(pair["answer"], sides["answer"].media)
            offers, answers = offers + 1, answers + 1
            candidates += len(pair["candidates"])
    print(offers, answers, candidates)


asyncio.run(main(sys.argv[1]))
