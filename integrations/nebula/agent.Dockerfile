# The agent as Nebula's documents build it: Python, the package, and float.
#   curl -fkO https://OPCENTER/float && chmod 755 float      (in this folder; compare it with https://OPCENTER/float.sha256)
#   docker build -f agent.Dockerfile --build-arg OPCENTER=opencenter.example:8443 -t mmcloud-agent .
FROM python:3.12-slim-bookworm
ARG OPCENTER
# Two steps: with both indexes in one, pip would take our packages from whoever has a newer one of their name.
RUN pip install --no-cache-dir "flytekit>=1.13,<2" kubernetes
RUN pip install --no-cache-dir --index-url "https://$OPCENTER/pip/simple/" --trusted-host "$OPCENTER" nebulakitplugins-mmcloud
COPY float /usr/local/bin/float
USER 65534
ENV HOME=/tmp
EXPOSE 8000 9090
# As a list, so that the signal to end reaches the agent and calls under way may finish.
CMD ["pynebula", "serve", "agent", "--port", "8000"]
