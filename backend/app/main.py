"""The server for `uvicorn app.main:app --reload`; its app is opened from the environment's settings at start."""

from firmograph.web.application import create_web_app

app = create_web_app()
