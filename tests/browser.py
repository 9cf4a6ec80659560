"""A headless Chromium, driven by WebDriver through chromedriver; standard library only."""
import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--window-size=1280,900"]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
# Of the driver itself, never through a proxy.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Browser:
    """One session; downloads go to the folder @downloads."""

    def __init__(self, downloads):
        self.folder = tempfile.mkdtemp(prefix="segen-browser.")
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       text=True, env=dict(os.environ, HOME=self.folder))
        self.base = None
        try:
            self.base = "http://127.0.0.1:%d" % self._port()
            answer = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": {
                "browserName": "chrome",
                "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"},
                "goog:chromeOptions": {
                    "args": FLAGS + ["--user-data-dir=" + self.folder + "/profile"]}}}})
            self.base += "/session/" + answer["sessionId"]
            self.cdp("Browser.setDownloadBehavior", behavior="allow", downloadPath=downloads)
        except BaseException:
            self.close()
            raise

    def _port(self):
        for line in self.driver.stdout:
            found = re.search(r"started successfully on port (\d+)", line)
            if found:
                return int(found.group(1))
        raise RuntimeError("chromedriver does not start")

    def _ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, method=method,
                                         headers={"Content-Type": "application/json"})
        try:
            with OPENER.open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as e:
            raise RuntimeError(e.read().decode()[:500]) from None

    def close(self):
        if self.base and "/session/" in self.base:
            self._ask("DELETE", "")
        self.driver.terminate()
        self.driver.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def open(self, url):
        self._ask("POST", "/url", {"url": url})

    def js(self, script, *args):
        """What the body of a function returns."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(args)})

    def find(self, css):
        return self._ask("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def click(self, css):
        self._ask("POST", "/element/%s/click" % self.find(css), {})

    def keys(self, css, text):
        self._ask("POST", "/element/%s/value" % self.find(css), {"text": text})

    def label(self, css):
        """The name that a screen reader speaks."""
        return self._ask("GET", "/element/%s/computedlabel" % self.find(css))

    def role(self, css):
        return self._ask("GET", "/element/%s/computedrole" % self.find(css))

    def cdp(self, command, **params):
        return self._ask("POST", "/goog/cdp/execute", {"cmd": command, "params": params})

    def log(self, kind):
        return self._ask("POST", "/se/log", {"type": kind})

    def pdf(self):
        return base64.b64decode(self._ask("POST", "/print", {}))

    def screenshot(self, path):
        size = self.cdp("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.cdp("Page.captureScreenshot", captureBeyondViewport=True, clip={
            "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})
        with open(path, "wb") as out:
            out.write(base64.b64decode(shot["data"]))
