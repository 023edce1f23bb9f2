"""Kernels that have their libraries loaded when they begin: forks of one process that loads them.

To start a kernel and load what nearly every notebook imports takes 1.5 s of a processor, with
scikit-learn 3 s, with PyTorch and its optimizers 6 s, and it was the same for each notebook. A fork
has the modules in memory, and none of the names: a notebook imports as ever. It has no part in what
another one does. JAX is not among them, since its threads do not outlive a fork. Where forks of
loaded libraries are not safe, as on macOS, there are none: see `manager`.
"""

import multiprocessing
import os
import sys
import uuid

from jupyter_client import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

# What is not installed is left out.
LOADED = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "lossbook.explorers"),
    *("matplotlib.backends.backend_svg", "sklearn.datasets", "torch", "torch._dynamo"),
)
FEW = 4  # So many notebooks start kernels of their own sooner than what all need is loaded once.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(list(LOADED))


class Kernel(FORKS.Process):
    """A kernel in a fork, with the attributes that jupyter_client asks a process for."""

    stdin = stdout = stderr = None

    def __init__(self, arguments, folder, environment):
        super().__init__()
        self.settings = arguments, folder, environment

    def run(self):
        """Be the kernel; this is what happens in the fork."""
        from ipykernel.kernelapp import IPKernelApp

        arguments, folder, environment = self.settings
        os.setsid()  # What interrupts the build at the terminal is not for the kernel.
        os.environ.update(environment)
        os.chdir(folder)
        # Matplotlib was loaded before there was a kernel to which it shows its figures.
        arguments += ["--matplotlib=inline", f"--IPKernelApp.parent_handle={os.getppid()}"]
        IPKernelApp.launch_instance(argv=arguments)

    def poll(self):
        return self.exitcode

    def wait(self):
        self.join()
        return self.exitcode

    def send_signal(self, number):
        os.kill(self.pid, number)


class Forks(LocalProvisioner):
    """Where jupyter_client would start a program, it forks."""

    async def launch_kernel(self, cmd, **settings):
        arguments = cmd[cmd.index("-f") :]  # After python -m ipykernel_launcher.
        self.process = Kernel(arguments, str(settings["cwd"]), settings["env"])
        self.process.start()
        self.pid = self.process.pid
        return self.connection_info


class Manager(AsyncKernelManager):
    """A manager whose kernels are forks."""

    async def _async_pre_start_kernel(self, **settings):
        self.kernel_id = str(uuid.uuid4())
        self.provisioner = Forks(
            kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
        )
        return await super()._async_pre_start_kernel(**settings)


def manager(count):
    """Return the manager of the kernels of so many notebooks."""
    return Manager if sys.platform == "linux" and count > FEW else AsyncKernelManager
