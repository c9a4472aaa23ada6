// What a register plug-in is to the registrar.
#ifndef TEST_REGISTER_PLUGIN_H
#define TEST_REGISTER_PLUGIN_H

#include "utl/Plugin.h"
#include "utl/UtlString.h"

class SipMessage;
class SipUserAgent;

class RegisterPlugin : public Plugin
{
public:
   virtual void takeAction(const SipMessage& message, const unsigned int duration, SipUserAgent* userAgent) = 0;

protected:
   RegisterPlugin(const UtlString& instance) : Plugin(instance) {}
   virtual ~RegisterPlugin() {}
};

#endif
