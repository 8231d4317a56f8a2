# An image for tasks: Python, the packages, and your code.
#   docker build -f task.Dockerfile --build-arg OPCENTER=opencenter.example:8443 -t REGISTRY/my-tasks:1 .
FROM python:3.12-slim-bookworm
ARG OPCENTER
# Two steps: with both indexes in one, pip would take our packages from whoever has a newer one of their name.
RUN pip install --no-cache-dir "flytekit>=1.13,<2" kubernetes
RUN pip install --no-cache-dir --index-url "https://$OPCENTER/pip/simple/" --trusted-host "$OPCENTER" nebulakitplugins-mmcloud
WORKDIR /root
COPY . /root
ENV PYTHONPATH=/root
