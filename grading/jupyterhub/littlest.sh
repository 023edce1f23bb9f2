#!/bin/bash
# The Littlest JupyterHub for a course with this book; see chapters/instructors/jupyterhub.md.
set -euo pipefail

# Into the environment that all users share.
/opt/tljh/user/bin/python -m pip install \
  "lossbook[notebooks] @ git+https://github.com/lossbook/lossbook" nbgitpuller

# What one student may use, and when an idle server stops (in seconds).
tljh-config set limits.memory 1G
tljh-config set limits.cpu 1
tljh-config set services.cull.timeout 3600
tljh-config set user_environment.default_app jupyterlab

# Students choose a password at their first visit: let them do so in the first lecture.
tljh-config set auth.type firstuseauthenticator.FirstUseAuthenticator
tljh-config set auth.FirstUseAuthenticator.create_users true

tljh-config reload
