# An image for tasks: Python, the packages, and your code.
#   docker build -f task.Dockerfile --build-arg OPCENTER=opencenter.example:8443 -t REGISTRY/my-tasks:1 .
FROM python:3.12-slim-bookworm
ARG OPCENTER
RUN pip install --no-cache-dir --extra-index-url "https://$OPCENTER/pip/simple/" --trusted-host "$OPCENTER" nebulakitplugins-mmcloud
WORKDIR /root
COPY . /root
ENV PYTHONPATH=/root
