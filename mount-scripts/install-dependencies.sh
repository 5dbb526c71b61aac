#!/usr/bin/env bash
# Installs with apt-get what building, mounting and checking need and this machine lacks. Swift itself must be there.
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

install_packages "${build_packages[@]}" "${tour_packages[@]}" "${check_packages[@]}"
need_swift
say "Everything that is needed is installed."
