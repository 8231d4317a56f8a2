# The agent without Python, which it does not need: float alone.
#   curl -fkO https://OPCENTER/float && chmod 755 float      (in this folder; compare it with https://OPCENTER/float.sha256)
#   docker build -f agent-slim.Dockerfile -t mmcloud-agent .
FROM debian:trixie-slim
COPY float /usr/local/bin/float
USER 65534
ENV HOME=/tmp
EXPOSE 8000 9090
CMD ["float", "nebula", "serve", "--port", "8000", "--prometheus-port", "9090"]
