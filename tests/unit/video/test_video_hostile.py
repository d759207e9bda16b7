"""Files that name other files, or addresses, are not followed."""

import socket
from pathlib import Path
from threading import Thread

import pytest

from smilecascade.errors import VideoError
from smilecascade.video import open_video
from videos import make_video, plain_frames

PLAYLISTS = {
    "hls": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{}'\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4"><Representation '
    'id="1" bandwidth="1"><BaseURL>{}</BaseURL></Representation></AdaptationSet></Period></MPD>',
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n"
    "a=rtpmap:96 H264/90000\na=x:{}\n",
}


@pytest.fixture
def visited() -> list[str]:
    """The address of a server, and whoever asked it for anything."""
    server = socket.create_server(("127.0.0.1", 0))
    visits: list[str] = [f"http://127.0.0.1:{server.getsockname()[1]}/a.ts"]

    def serve() -> None:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            visits.append(connection.recv(1000).decode("latin-1"))

    thread = Thread(target=serve, daemon=True)
    thread.start()
    yield visits
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".mpd", ".sdp"])
@pytest.mark.parametrize("kind", PLAYLISTS)
def test_no_address_is_called(tmp_path: Path, visited: list[str], kind: str, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text(PLAYLISTS[kind].format(visited[0]))
    with pytest.raises(VideoError, match="is not a video that can be read"):
        open_video(path).__enter__()
    assert len(visited) == 1


@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".ffconcat"])
@pytest.mark.parametrize("kind", ["hls", "concat"])
def test_no_other_file_is_read(tmp_path: Path, kind: str, suffix: str) -> None:
    secret = make_video(tmp_path / "secret.ts", plain_frames(3))
    path = tmp_path / f"a{suffix}"
    path.write_text(PLAYLISTS[kind].format(secret))
    with pytest.raises(VideoError, match="is not a video that can be read"):
        open_video(path).__enter__()


@pytest.mark.parametrize(
    "name", ["http:a.mp4", "concat:a.mp4|b.mp4", "-", "pipe:0", "a%03d.mp4", "lavfi.mp4", "ü\udcff.mp4"]
)
def test_a_name_is_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    make_video(tmp_path / "sound.mp4", plain_frames(3)).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    with open_video(Path(name)) as video:
        assert len(list(video.frames())) == 3
