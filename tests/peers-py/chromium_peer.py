"""Chromium kept running, asked over its debugging pipe to print one page after the other."""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from measure import finding, measure
from page import html


class Browser:
    def __init__(self, profile):
        to_browser, self.requests = os.pipe()
        self.answers, from_browser = os.pipe()

        def attach():
            # The browser reads from 3 and writes to 4; the copies must not overwrite one another.
            reading, writing = os.dup(to_browser), os.dup(from_browser)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe",
            "--allow-file-access-from-files", f"--user-data-dir={profile}", "about:blank",
        ]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, preexec_fn=attach, close_fds=False, **quiet)
        os.close(to_browser)
        os.close(from_browser)
        self.kept, self.number = b"", 0

    def read(self):
        while b"\0" not in self.kept:
            piece = os.read(self.answers, 1 << 20)
            if not piece:
                raise SystemExit("chromium went away")
            self.kept += piece
        message, self.kept = self.kept.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, session=None, **parameters):
        self.number += 1
        request = {"id": self.number, "method": method, "params": parameters}
        if session:
            request["sessionId"] = session
        os.write(self.requests, json.dumps(request).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]

    def wait(self, event):
        while self.read().get("method") != event:
            pass


def main():
    data, folder = finding(), pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as profile:
        browser = Browser(profile)
        target = browser.ask("Target.createTarget", url="about:blank")["targetId"]
        session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.ask("Page.enable", session)
        page = folder / "chromium.html"

        def make():
            page.write_text(html(data, folder), "utf-8")
            browser.ask("Page.navigate", session, url=page.as_uri())
            browser.wait("Page.loadEventFired")
            loaded = "document.fonts.ready.then(() => 1)"
            browser.ask("Runtime.evaluate", session, expression=loaded, awaitPromise=True)
            printed = browser.ask("Page.printToPDF", session, preferCSSPageSize=True, printBackground=True)
            return base64.b64decode(printed["data"])

        try:
            measure(make)
        finally:
            browser.process.terminate()
            browser.process.wait()


main()
